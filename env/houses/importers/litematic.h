// Structures of Litematica: .litematic.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"

namespace hod::env {

// NBT, as a rule in gzip: regions, each a box somewhere with a palette and, for every cell, an
// index into it. The structure in block types of the game within the bounding box of all regions;
// where regions overlap, blocks count and air does not. Errors name the file, the offset and what
// was expected; a block that no type stands for is one of code FailedPrecondition that names it.
absl::StatusOr<House> ReadLitematic(const std::string& path);

}  // namespace hod::env
