// What people do to a plain house, and what goes wrong with it: houses that look less alike.
#pragma once

#include "env/base/random.h"
#include "env/houses/house.h"

namespace hod::env {

// Alters a house of GenerateHouse() in its box, at random: a pitched roof that may overhang,
// corners cut off, an open side, a layer or a plinth of another material, and blocks that are
// missing, exchanged or added. Whatever is then no longer 6-connected to layer 0 is gone, too;
// layer 0 stays full. A house of which less than half would be left standing stays as it is.
// Requires extents of at least 4.
House Altered(const House& plain, Rng& rng);

}  // namespace hod::env
