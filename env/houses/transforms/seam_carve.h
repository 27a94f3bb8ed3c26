// Makes a structure small enough by leaving out whole slices: the reference's seam_carve.
#pragma once

#include "env/houses/house.h"

namespace hod::env {

// While an axis is longer than in `size`, removes the slice with the least cost from one of the
// axes that are: `density` times the share of its cells that are solid, plus `position` times the
// growth of the root mean square distance between where the remaining cells are and where they
// were, with every axis of length 1.
House SeamCarved(const House& house, const WorldSize& size, double position, double density);

}  // namespace hod::env
