#include "env/houses/importers/sponge.h"

#include <cstdint>

#include "env/base/status.h"
#include "env/houses/importers/nbt_structure.h"
#include "env/houses/importers/palette.h"

namespace hod::env {
namespace {

absl::StatusOr<Palette> ReadPalette(const NbtValue& field, StatedVersion stated) {
  Palette palette;
  RETURN_IF_ERROR(
      field.ForEachField([&](absl::string_view name, const NbtValue& value) -> absl::Status {
        const absl::StatusOr<int64_t> index = value.Integer();
        RETURN_IF_ERROR(index.status());
        if (*index < 0 || *index >= static_cast<int64_t>(kMaxPalette)) {
          return value.Error(0, "palette index ", *index, ", expected 0 to ", kMaxPalette - 1);
        }
        const auto i = static_cast<size_t>(*index);
        if (i >= palette.size()) palette.resize(i + 1);
        if (palette[i]) return value.Error(0, "palette index ", i, " appears twice");
        palette[i] = PaletteEntry{std::string(name), std::nullopt};
        return absl::OkStatus();
      }));
  const absl::Status resolved = Resolve(stated, palette);
  if (!resolved.ok()) return field.Error(0, resolved.message());
  return palette;
}

// The first version of the format has no field for Minecraft's version, but some programs write it.
// Without it, such a file is from the time of 1.12, and some files of newer names are, too.
absl::StatusOr<StatedVersion> StatedBy(const NbtValue& schematic, int version) {
  if (schematic.Has("DataVersion")) return StatedIn(schematic, "DataVersion");
  return version == 1 ? StatedVersion::kNone : StatedVersion::kSince113;
}

}  // namespace

absl::StatusOr<House> ReadSponge(const std::string& path, const NbtValue& schematic, int version) {
  ASSIGN_OR_RETURN(const WorldSize size, EditorSize(schematic));
  ASSIGN_OR_RETURN(const StatedVersion stated, StatedBy(schematic, version));
  ASSIGN_OR_RETURN(const NbtValue blocks,
                   version == 3 ? schematic.Field("Blocks") : absl::StatusOr<NbtValue>(schematic));
  ASSIGN_OR_RETURN(const NbtValue palette_field, blocks.Field("Palette"));
  ASSIGN_OR_RETURN(const Palette palette, ReadPalette(palette_field, stated));
  ASSIGN_OR_RETURN(const ByteArray data,
                   ByteArrayField(blocks, version == 3 ? "Data" : "BlockData"));

  const auto error = [&](size_t at, auto... what) {
    return data.value.Error(NbtValue::kArrayHeader + at, what...);
  };
  House house = AirHouse(size);
  size_t at = 0;
  for (int i = 0; i < size.Volume(); ++i) {
    // A varint: seven bits a byte, the lowest first.
    const size_t begin = at;
    size_t index = 0;
    for (int shift = 0;; shift += 7) {
      if (at == data.bytes.size())
        return error(at, "data ends after ", i, " of ", size.Volume(), " cells");
      const auto byte = static_cast<uint8_t>(data.bytes[at++]);
      index |= static_cast<size_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
      if (shift >= 28) return error(begin, "a palette index of more than 5 bytes");
    }
    if (index >= palette.size() || !palette[index]) {
      return error(begin, "palette index ", index, ", which the palette does not have");
    }
    const PaletteEntry& entry = *palette[index];
    const Cell c = EditorCell(size, i);
    if (!entry.block) return UnknownBlock(path, entry.state, c);
    house.Set(c, *entry.block);
  }
  if (at != data.bytes.size()) return error(at, "expected the end of the data after the last cell");
  return house;
}

}  // namespace hod::env
