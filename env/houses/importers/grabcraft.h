// Structures of GrabCraft: ID.json beside ID.metadata.json.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"

namespace hod::env {

// A JSON object {y: {x: {z: {"name": ..., ...}}}} with coordinates as keys. The structure in block
// types of the game within the bounding box of all cells that are named; blocks of names unknown to
// us take on what is around them, as in the reference. Errors name the file, the cell or offset,
// and what was expected; a brown mushroom block, which is outside the types, is one of code
// FailedPrecondition.
absl::StatusOr<House> ReadGrabCraft(const std::string& path);

}  // namespace hod::env
