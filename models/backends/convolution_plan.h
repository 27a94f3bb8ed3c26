// Where the weights of a convolution meet a world's voxels, with zeros outside: worked out once per
// kernel and world, so that computing asks nothing and multiplies no padding.
#pragma once

#include <array>
#include <vector>

#include "env/game/geometry.h"
#include "models/backends/kernels.h"

namespace hod::models {

struct ConvolutionPlan {
  // `extents` of the kernel in x, y, z are odd.
  ConvolutionPlan(const env::WorldSize& world, const std::array<int, 3>& extents);

  std::vector<Tap> taps;
  std::vector<VoxelRun> runs;  // Every voxel in exactly one.

  // A convolution by this plan from rows of so many units to rows of so many blocks, without its
  // tensors.
  Convolution Make(int units, int blocks) const;

  // Multiplications with weights, of one input with one output channel.
  int64_t Products() const;

  int volume;       // Voxels of the world.
  int kernel_size;  // The product of the extents.
};

}  // namespace hod::models
