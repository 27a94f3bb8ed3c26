// Structures of the Bedrock edition: .mcstructure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"

namespace hod::env {

// Little-endian NBT: a size, a palette, and two layers of indices into it, z running fastest; -1 is
// no block. The second layer is water, as a rule; a block there counts where the first has none.
// The structure in block types of the game; errors name the file, the offset and what was expected,
// and a block that no type stands for is one of code FailedPrecondition that names it.
absl::StatusOr<House> ReadMcstructure(const std::string& path);

}  // namespace hod::env
