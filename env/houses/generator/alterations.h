// What people do to a plain house, and what goes wrong with it. Altered houses look less alike, and
// what a short run learns from them holds better for those that people built.
#pragma once

#include "env/base/random.h"
#include "env/houses/house.h"

namespace hod::env {

// Alters a house in its box, at random: a pitched roof that may overhang, corners cut off, an open
// side, a layer or a plinth of another material, and blocks that are missing, exchanged or added.
// Whatever is then no longer 6-connected to layer 0 is gone, too; layer 0 keeps its blocks or gets
// others. A house of which less than half would be left standing stays as it is.
House Altered(const House& plain, Rng& rng);

}  // namespace hod::env
