// Reads block arrays from NumPy's .npy files.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"

namespace hod::env {

// A .npy file of format version 1 or 2 with a three-dimensional C-order array of uint8 block ids,
// extents 1 to kMaxWorldExtent. Anything else is refused, and the message names the file, the field
// or offset, and what was expected. Reads no more of the file than a valid one can hold.
absl::StatusOr<House> ReadNpy(const std::string& path);

}  // namespace hod::env
