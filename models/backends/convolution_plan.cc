#include "models/backends/convolution_plan.h"

#include <algorithm>

namespace hod::models {
namespace {

struct Range {
  int begin, end;
  int Size() const { return end - begin; }
};

// The coordinates of an axis, split where other weights of a kernel fall off the world.
std::vector<Range> Split(int extent, int kernel) {
  const int reach = kernel / 2;
  std::vector<Range> ranges;
  for (int i = 0; i < extent; ++i) {
    if (i == 0 || i <= reach || i >= extent - reach) {
      ranges.push_back({i, i + 1});
    } else {
      ++ranges.back().end;
    }
  }
  return ranges;
}

}  // namespace

ConvolutionPlan::ConvolutionPlan(const env::WorldSize& world, const std::array<int, 3>& extents)
    : volume(world.Volume()), kernel_size(extents[0] * extents[1] * extents[2]) {
  const std::array<int, 3> size = {world.w, world.h, world.d};
  const std::array<int, 3> stride = {world.h * world.d, world.d, 1};
  const auto add_box = [&](const std::array<Range, 3>& box) {
    const auto first_tap = static_cast<int32_t>(taps.size());
    for (int weight = 0; weight < kernel_size; ++weight) {
      const std::array<int, 3> index = {weight / (extents[1] * extents[2]),
                                        weight / extents[2] % extents[1], weight % extents[2]};
      bool inside = true;
      int32_t offset = 0;
      for (int axis = 0; axis < 3; ++axis) {
        const int delta = index[axis] - extents[axis] / 2;
        inside &= box[axis].begin + delta >= 0 && box[axis].end + delta <= size[axis];
        offset += delta * stride[axis];
      }
      if (inside) taps.push_back({weight, offset});
    }
    // Runs go along one axis, and on along those before it where the box is as wide as the world:
    // the longest there are.
    int inner = 0, outer = 0, longest = 0;
    for (int axis = 0; axis < 3; ++axis) {
      int length = box[axis].Size(), first = axis;
      while (first > 0 && box[first].Size() == size[first]) length *= box[--first].Size();
      if (length > longest) inner = axis, outer = first, longest = length;
    }
    std::array<Range, 3> starts = box;
    for (int axis = outer; axis <= inner; ++axis) starts[axis].end = starts[axis].begin + 1;
    for (int x = starts[0].begin; x < starts[0].end; ++x) {
      for (int y = starts[1].begin; y < starts[1].end; ++y) {
        for (int z = starts[2].begin; z < starts[2].end; ++z) {
          runs.push_back({world.Index({x, y, z}), longest, stride[inner], first_tap,
                          static_cast<int32_t>(taps.size()) - first_tap});
        }
      }
    }
  };
  for (const Range& x : Split(size[0], extents[0])) {
    for (const Range& y : Split(size[1], extents[1])) {
      for (const Range& z : Split(size[2], extents[2])) add_box({x, y, z});
    }
  }
}

Convolution ConvolutionPlan::Make(int units, int blocks) const {
  Convolution c = {};
  c.voxel_stride = c.units = units;
  c.blocks = blocks;
  c.kernel_size = kernel_size;
  c.taps = taps.data();
  c.runs = runs.data();
  c.num_runs = static_cast<int>(runs.size());
  return c;
}

int64_t ConvolutionPlan::Products() const {
  int64_t products = 0;
  for (const VoxelRun& run : runs) products += int64_t{run.count} * run.num_taps;
  return products;
}

}  // namespace hod::models
