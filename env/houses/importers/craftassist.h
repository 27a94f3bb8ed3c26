// Structures of the CraftAssist house data set: HOUSE/schematic.npy.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"

namespace hod::env {

// A .npy array [y][x][z][2] of uint8: block number and data value of Minecraft before 1.13. The
// structure in block types of the game, as the reference reads it: outer slices x, y or z that are
// full of blocks or earth are left off. Errors name the file, the offset and what was expected; a
// block that the reference does not map is one of code FailedPrecondition that names the block.
absl::StatusOr<House> ReadCraftAssist(const std::string& path);

}  // namespace hod::env
