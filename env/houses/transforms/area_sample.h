// Makes a structure small enough while its walls stay closed and its ways open: the reference's
// area_sample.
#pragma once

#include "env/houses/house.h"

namespace hod::env {

struct AreaSampling {
  bool interpolate = true;            // First resample to a power of two times the wanted extents.
  int interpolation_order = 1;        // 0: nearest cell; 1: linear.
  bool scale_y_independently = true;  // Else all axes shrink alike.
  double max_scaling_factor_ratio = 1.5;  // Between the factors of y and of x and z.
  bool preserve_paths = true;             // Keeps what is walkable walkable.
};

// `house` scaled down to at most `size`; itself if it fits. Interpolation takes the block with the
// largest share of each new cell; then blocks of 2x2x2 cells become one, solid if any of them is,
// so that houses get relatively thicker. Requires extents of at least 2 of `house`.
House AreaSample(const House& house, const WorldSize& size, const AreaSampling& how);

// The first step alone, with paths as kPath: for tests against recorded stages.
inline constexpr Block kPath = 254;
House Interpolated(const House& house, const WorldSize& size, const AreaSampling& how);

}  // namespace hod::env
