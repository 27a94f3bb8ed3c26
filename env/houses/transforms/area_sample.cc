#include "env/houses/transforms/area_sample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "env/houses/transforms/auto_fill.h"
#include "env/houses/transforms/walkable_paths.h"

namespace hod::env {
namespace {

struct Zoom {
  double x, y, z;
};

// The factors that bring `from` to about 2^halvings times `to`.
Zoom ZoomFor(const WorldSize& from, const WorldSize& to, int halvings, const AreaSampling& how) {
  const auto raw = [&](int have, int want) {
    return std::min(1.0, static_cast<double>(want) / have) * std::ldexp(1.0, halvings);
  };
  double xz = std::min(raw(from.w, to.w), raw(from.d, to.d)), y = raw(from.h, to.h);
  if (how.scale_y_independently) {
    y = std::min(y, xz * how.max_scaling_factor_ratio);
    xz = std::min(xz, y * how.max_scaling_factor_ratio);
  } else {
    xz = y = std::min(xz, y);
  }
  return {xz, y, xz};
}

// The one or two old cells that a new cell lies between on one axis, and their shares of it.
struct Sample {
  int cells[2];
  double weights[2];
};

// End points lie on each other. Sums are formed in the order of scipy.ndimage.zoom, so that ties
// fall alike.
std::vector<Sample> Samples(int from, double zoom, int order) {
  const int to = std::max(1, static_cast<int>(std::nearbyint(from * zoom)));
  const double step = to > 1 ? static_cast<double>(from - 1) / (to - 1) : 1.0;
  std::vector<Sample> samples;
  for (int i = 0; i < to; ++i) {
    const double at = i * step;
    if (order == 0) {
      const int cell = std::min(static_cast<int>(std::floor(at + 0.5)), from - 1);
      samples.push_back({{cell, cell}, {1.0, 0.0}});
    } else {
      const int cell = std::min(static_cast<int>(std::floor(at)), from - 1);
      const double share = at - std::floor(at);
      samples.push_back({{cell, std::min(cell + 1, from - 1)}, {1.0 - share, share}});
    }
  }
  return samples;
}

// The block with the largest share of a new cell; of equal ones that with the smallest id.
Block LargestShare(const House& house, const Sample& x, const Sample& y, const Sample& z) {
  std::array<double, kPath + 1> shares{};
  std::array<Block, 8> seen;
  int num_seen = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const int i = corner >> 2, j = corner >> 1 & 1, k = corner & 1;
    const Block block = house.At({x.cells[i], y.cells[j], z.cells[k]});
    shares[block] += x.weights[i] * y.weights[j] * z.weights[k];
    seen[num_seen++] = block;
  }
  return *std::max_element(seen.begin(), seen.end(), [&](Block a, Block b) {
    return shares[a] < shares[b] || (shares[a] == shares[b] && a > b);
  });
}

House Resampled(const House& house, const Zoom& zoom, int order) {
  const std::vector<Sample> xs = Samples(house.size.w, zoom.x, order),
                            ys = Samples(house.size.h, zoom.y, order),
                            zs = Samples(house.size.d, zoom.z, order);
  House result = AirHouse(
      {static_cast<int>(xs.size()), static_cast<int>(ys.size()), static_cast<int>(zs.size())});
  for (int i = 0; i < result.size.Volume(); ++i) {
    const Cell c = result.size.At(i);
    result.blocks[i] = LargestShare(house, xs[c.x], ys[c.y], zs[c.z]);
  }
  return result;
}

// The block that stands for 2x2x2 cells: a path if there is any, else the most frequent solid one,
// of equally frequent ones that with the larger id; air only if there is nothing else.
Block MostFrequent(const House& house, Cell low) {
  std::array<int, kPath + 1> counts{};
  Block best = kAir;
  for (int corner = 0; corner < 8; ++corner) {
    const Block block = house.At(low + Cell{corner >> 2, corner >> 1 & 1, corner & 1});
    if (block == kPath) return kPath;
    if (block != kAir) ++counts[block];
  }
  for (Block block = kAir + 1; block < kNumBlocks; ++block) {
    if (counts[block] > 0 && counts[block] >= counts[best]) best = block;
  }
  return best;
}

House Halved(const House& house) {
  House result = AirHouse({(house.size.w + 1) / 2, (house.size.h + 1) / 2, (house.size.d + 1) / 2});
  for (int i = 0; i < result.size.Volume(); ++i) {
    const Cell c = result.size.At(i);
    result.blocks[i] = MostFrequent(house, {2 * c.x, 2 * c.y, 2 * c.z});
  }
  return result;
}

bool Fits(const WorldSize& house, const WorldSize& size) {
  return house.w <= size.w && house.h <= size.h && house.d <= size.d;
}

// Makes floor, room for the body and, on steps, for the head along the paths.
void ReopenPaths(House& house) {
  std::vector<Cell> paths;
  for (int i = 0; i < house.size.Volume(); ++i) {
    const Cell c = house.size.At(i);
    if (house.blocks[i] != kPath) continue;
    if (c.y > 0) {
      paths.push_back(c);
    } else {
      // Feet stand on the ground, not in it. The cell above comes later in this loop.
      house.Set(c, kAir);
      house.Set(c + Cell{0, 1, 0}, kPath);
    }
  }
  std::stable_sort(paths.begin(), paths.end(), [](Cell a, Cell b) { return a.y < b.y; });
  const House before = house;
  for (const Cell& c : paths) {
    const Cell below = c + Cell{0, -1, 0}, above = c + Cell{0, 1, 0};
    if (!house.Solid(below)) house.Set(below, kAuto);
    house.Set(c, kAir);
    house.Set(above, kAir);
    const bool on_steps =
        before.At(above + Cell{1, 0, 0}) == kPath || before.At(above + Cell{-1, 0, 0}) == kPath ||
        before.At(above + Cell{0, 0, 1}) == kPath || before.At(above + Cell{0, 0, -1}) == kPath;
    if (on_steps) house.Set(above + Cell{0, 1, 0}, kAir);
  }
  FillAuto(house);
}

}  // namespace

House Interpolated(const House& house, const WorldSize& size, const AreaSampling& how) {
  House result = house;
  if (how.preserve_paths) {
    const std::vector<uint8_t> paths = WalkablePaths(house);
    for (size_t i = 0; i < paths.size(); ++i) {
      if (paths[i]) result.blocks[i] = kPath;
    }
  }
  if (!how.interpolate) return result;
  const double ratio = std::max({static_cast<double>(house.size.w) / size.w,
                                 static_cast<double>(house.size.h) / size.h,
                                 static_cast<double>(house.size.d) / size.d});
  const int halvings = static_cast<int>(std::ceil(std::log2(ratio)));
  return Resampled(result, ZoomFor(house.size, size, halvings, how), how.interpolation_order);
}

House AreaSample(const House& house, const WorldSize& size, const AreaSampling& how) {
  if (Fits(house.size, size)) return house;
  House result = Interpolated(house, size, how);
  while (!Fits(result.size, size)) result = Halved(result);
  if (how.preserve_paths) ReopenPaths(result);
  return result;
}

}  // namespace hod::env
