#include "env/houses/transforms/transforms.h"

#include <algorithm>
#include <cmath>

#include "env/houses/transforms/components.h"

namespace hod::env {
namespace {

constexpr int kCropTries = 20;

int CountSolid(const House& house) {
  return static_cast<int>(
      std::count_if(house.blocks.begin(), house.blocks.end(), [](Block b) { return b != kAir; }));
}

// The cells of `house` from `low` on, in a box of extents `size`; air where it has none.
House Window(const House& house, Cell low, const WorldSize& size) {
  House window = AirHouse(size);
  for (int i = 0; i < size.Volume(); ++i) window.blocks[i] = house.At(size.At(i) + low);
  return window;
}

}  // namespace

double Density(const House& house) {
  return static_cast<double>(CountSolid(house)) / house.size.Volume();
}

bool IsAllAir(const House& house) { return CountSolid(house) == 0; }

House LargestComponent(const House& house, int connectivity) {
  // A solid layer below makes one component of everything on the ground; it is the first.
  const WorldSize below{house.size.w, house.size.h + 1, house.size.d};
  std::vector<uint8_t> mask(below.Volume());
  for (int i = 0; i < below.Volume(); ++i) {
    const Cell c = below.At(i);
    mask[i] = c.y == 0 || house.Solid(c + Cell{0, -1, 0});
  }
  const Components components = LabelComponents(below, mask, connectivity);
  std::vector<int> sizes(components.count + 1, 0);
  for (int i = 0; i < below.Volume(); ++i) {
    if (below.At(i).y > 0) ++sizes[components.labels[i]];
  }
  const auto largest =
      static_cast<int>(std::max_element(sizes.begin() + 1, sizes.end()) - sizes.begin());
  House result = house;
  for (int i = 0; i < house.size.Volume(); ++i) {
    const Cell above_layer = house.size.At(i) + Cell{0, 1, 0};
    if (components.labels[below.Index(above_layer)] != largest) result.blocks[i] = kAir;
  }
  return result;
}

House CropAir(const House& house) {
  const auto [low, high] = SolidBounds(house);
  if (high.x < 0) return house;
  return Window(house, low, {high.x - low.x + 1, high.y - low.y + 1, high.z - low.z + 1});
}

House CropLowDensityBottomLayers(const House& house, double threshold) {
  const WorldSize& size = house.size;
  const auto is_dense = [&](int y) {
    return Density(Window(house, {0, y, 0}, {size.w, 1, size.d})) >= threshold;
  };
  int ground = 0;
  while (ground < size.h && !is_dense(ground)) ++ground;
  if (ground == size.h) return house;
  return Window(house, {0, ground, 0}, {size.w, size.h - ground, size.d});
}

bool IsGrounded(const House& house, int connectivity) {
  const WorldSize& size = house.size;
  std::vector<uint8_t> mask(house.blocks.size());
  for (size_t i = 0; i < mask.size(); ++i) mask[i] = house.blocks[i] != kAir;
  const Components components = LabelComponents(size, mask, connectivity);
  std::vector<bool> grounded(components.count + 1, false);
  grounded[0] = true;
  for (int i = 0; i < size.Volume(); ++i) {
    if (size.At(i).y == 0) grounded[components.labels[i]] = true;
  }
  return std::all_of(grounded.begin(), grounded.end(), [](bool is) { return is; });
}

House RandomlyPlaced(const House& house, const WorldSize& size, Rng& rng) {
  const int x = rng.Below(size.w - house.size.w + 1), z = rng.Below(size.d - house.size.d + 1);
  return Window(house, {-x, 0, -z}, size);
}

House WithGrass(const House& house, GrassMode mode) {
  House result = house;
  if (mode == GrassMode::kConcatenate) {
    result = Window(house, {0, -1, 0}, {house.size.w, house.size.h + 1, house.size.d});
  }
  for (int x = 0; x < result.size.w; ++x) {
    for (int z = 0; z < result.size.d; ++z) {
      const Cell c{x, 0, z};
      if (mode != GrassMode::kSurround || !result.Solid(c)) result.Set(c, kDirt);
    }
  }
  return result;
}

std::optional<House> CroppedAtRandom(const House& house, const WorldSize& size, double threshold,
                                     bool tethered, bool wall, Rng& rng) {
  const WorldSize window{std::min(size.w, house.size.w), std::min(size.h, house.size.h),
                         wall ? 1 : std::min(size.d, house.size.d)};
  const double density = Density(house);
  for (int i = 0; i < kCropTries; ++i) {
    const int x = rng.Below(house.size.w - window.w + 1);
    const int y = tethered ? 0 : rng.Below(house.size.h - window.h + 1);
    const int z = rng.Below(house.size.d - window.d + 1);
    House crop = Window(house, {x, y, z}, window);
    if (std::abs(Density(crop) - density) / density <= threshold) return crop;
  }
  return std::nullopt;
}

House Mirrored(const House& house) {
  House result = house;
  for (int i = 0; i < house.size.Volume(); ++i) {
    const Cell c = house.size.At(i), opposite{house.size.w - 1 - c.x, c.y, c.z};
    if (c.x > opposite.x) result.blocks[i] = house.At(opposite);
  }
  return result;
}

House OfUniformType(const House& house, Block block) {
  House result = house;
  for (Block& b : result.blocks) {
    if (b != kAir) b = block;
  }
  return result;
}

House WithHiddenDirt(const House& house) {
  House result = house;
  for (int x = 0; x < house.size.w; ++x) {
    for (int z = 0; z < house.size.d; ++z) {
      const Block above = house.At({x, 1, z});
      if (above != kAir && above != kGlass && house.Solid({x, 0, z})) {
        result.Set({x, 0, z}, kDirt);
      }
    }
  }
  return result;
}

}  // namespace hod::env
