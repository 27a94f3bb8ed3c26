// Where a person can walk in and around a structure: through its doors and up its stairs.
#pragma once

#include <cstdint>
#include <vector>

#include "env/houses/house.h"

namespace hod::env {

// [volume], 1 on cells of one-wide corridors that connect, from the outside, every place that can
// be reached on foot with steps of one block. Found by thinning the air a person can stand in; the
// same corridors as the reference's "preserve paths".
std::vector<uint8_t> WalkablePaths(const House& house);

}  // namespace hod::env
