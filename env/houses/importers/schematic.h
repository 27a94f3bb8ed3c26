// Structures from files of Minecraft's editors: .schem (Sponge, versions 1 to 3) and .schematic
// (MCEdit and the older WorldEdit).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"

namespace hod::env {

// The structure in block types of the game, with y upwards. Which of the formats it is, its fields
// tell. Errors name the file, the offset and what was expected; a block that no type stands for is
// one of code FailedPrecondition that names the block.
absl::StatusOr<House> ReadSchematic(const std::string& path);

}  // namespace hod::env
