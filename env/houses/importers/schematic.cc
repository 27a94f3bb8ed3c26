#include "env/houses/importers/schematic.h"

#include "env/base/status.h"
#include "env/houses/importers/mcedit.h"
#include "env/houses/importers/nbt.h"
#include "env/houses/importers/sponge.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

// MCEdit's format has an array of that name, Sponge's third version a compound.
bool HasNumbers(const NbtValue& schematic) {
  const absl::StatusOr<NbtValue> blocks = schematic.Field("Blocks");
  return blocks.ok() && blocks->type() == NbtType::kByteArray;
}

absl::StatusOr<House> ReadAny(const std::string& path, const NbtValue& root) {
  NbtValue schematic = root;
  if (root.Has("Schematic")) {
    ASSIGN_OR_RETURN(schematic, root.Field("Schematic"));
  }
  if (HasNumbers(schematic)) {
    if (!schematic.Has("Palette")) return ReadMcedit(path, schematic);
    return schematic.Error(0, "expected one of Blocks and Palette, not both");
  }
  if (!schematic.Has("Version")) {
    // Some programs write Sponge's first format without its version.
    return schematic.Has("Palette") ? ReadSponge(path, schematic, 1) : ReadMcedit(path, schematic);
  }
  ASSIGN_OR_RETURN(const NbtValue field, schematic.Field("Version"));
  ASSIGN_OR_RETURN(const int64_t version, field.Integer());
  if (version < 1 || version > 3) {
    return field.Error(0, "version ", version, " of the Sponge format, expected 1 to 3");
  }
  return ReadSponge(path, schematic, static_cast<int>(version));
}

}  // namespace

absl::StatusOr<House> ReadSchematic(const std::string& path) {
  ASSIGN_OR_RETURN(const NbtDocument document, NbtDocument::Read(path));
  absl::StatusOr<House> house = ReadAny(path, document.root());
  if (house.ok()) FillAuto(*house);
  return house;
}

}  // namespace hod::env
