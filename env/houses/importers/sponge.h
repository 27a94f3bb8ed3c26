// Structures in Sponge's format, .schem, versions 1 to 3.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"
#include "env/houses/importers/nbt.h"

namespace hod::env {

// The structure in a compound of the format, with kAuto where ReadSchematic() fills in; errors are
// the same.
absl::StatusOr<House> ReadSponge(const std::string& path, const NbtValue& schematic, int version);

}  // namespace hod::env
