// Structures in MCEdit's format, .schematic, as MCEdit, the older WorldEdit and Schematica write
// it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "env/houses/house.h"
#include "env/houses/importers/nbt.h"

namespace hod::env {

// The structure in a compound of the format, with kAuto where ReadSchematic() fills in; errors are
// the same. Fields that change what its numbers mean are honoured or refused: Materials,
// SchematicaMapping, BlockIDs, AddBlocks, Add, and arrays for every cell that we do not know.
absl::StatusOr<House> ReadMcedit(const std::string& path, const NbtValue& schematic);

}  // namespace hod::env
