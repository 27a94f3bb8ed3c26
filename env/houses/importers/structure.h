// Structures of Minecraft's structure blocks: .nbt.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"

namespace hod::env {

// NBT, in gzip or plain: a size, a palette, and a list of blocks with their places; other cells are
// air. The first of several palettes counts. A jigsaw block is what it turns into. The structure
// in block types of the game; errors name the file, the offset and what was expected, and a block
// that no type stands for is one of code FailedPrecondition that names it.
absl::StatusOr<House> ReadStructureBlock(const std::string& path);

}  // namespace hod::env
