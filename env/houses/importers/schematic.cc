#include "env/houses/importers/schematic.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "env/base/status.h"
#include "env/houses/importers/block_names.h"
#include "env/houses/importers/legacy_blocks.h"
#include "env/houses/importers/nbt.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

constexpr size_t kMaxPalette = 1 << 16;

absl::Status UnknownBlock(const std::string& path, const std::string& block, Cell c) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": block ", block, " at (", c.x, ", ",
                                                    c.y, ", ", c.z,
                                                    "): no type of the game stands for it"));
}

absl::StatusOr<int> Extent(const NbtValue& schematic, absl::string_view name) {
  ASSIGN_OR_RETURN(const NbtValue field, schematic.Field(name));
  ASSIGN_OR_RETURN(const int64_t value, field.Integer());
  if (value < 1 || value > kMaxStructureExtent) {
    return field.Error(0, name, " is ", value, ", expected 1 to ", kMaxStructureExtent);
  }
  return static_cast<int>(value);
}

absl::StatusOr<WorldSize> Size(const NbtValue& schematic) {
  ASSIGN_OR_RETURN(const int w, Extent(schematic, "Width"));
  ASSIGN_OR_RETURN(const int h, Extent(schematic, "Height"));
  ASSIGN_OR_RETURN(const int d, Extent(schematic, "Length"));
  const WorldSize size{w, h, d};
  if (size.Volume() > kMaxStructureCells) {
    return schematic.Error(0, size.Volume(), " cells, expected at most ", kMaxStructureCells);
  }
  return size;
}

// The cell at a place in the files' order: y slowest, then z, then x.
Cell CellAt(const WorldSize& size, int i) {
  return {i % size.w, i / (size.w * size.d), i / size.w % size.d};
}

// The bytes of an array, and the array for errors.
struct Array {
  NbtValue value;
  absl::string_view bytes;
};

absl::StatusOr<Array> ByteArray(const NbtValue& compound, absl::string_view name) {
  ASSIGN_OR_RETURN(const NbtValue value, compound.Field(name));
  ASSIGN_OR_RETURN(const absl::string_view bytes, value.Bytes());
  return Array{value, bytes};
}

absl::Status CheckLength(const Array& array, size_t expected, absl::string_view name) {
  if (array.bytes.size() == expected) return absl::OkStatus();
  return array.value.Error(0, name, " has ", array.bytes.size(), " bytes, expected ", expected);
}

absl::StatusOr<House> ReadLegacy(const std::string& path, const NbtValue& schematic) {
  ASSIGN_OR_RETURN(const WorldSize size, Size(schematic));
  const auto volume = static_cast<size_t>(size.Volume());
  const absl::StatusOr<Array> ids = ByteArray(schematic, "Blocks"),
                              data = ByteArray(schematic, "Data");
  RETURN_IF_ERROR(ids.status());
  RETURN_IF_ERROR(data.status());
  RETURN_IF_ERROR(CheckLength(*ids, volume, "Blocks"));
  RETURN_IF_ERROR(CheckLength(*data, volume, "Data"));
  // The bits of ids above 255, two cells a byte: blocks of mods.
  absl::string_view more;
  if (schematic.Has("AddBlocks")) {
    ASSIGN_OR_RETURN(const Array added, ByteArray(schematic, "AddBlocks"));
    RETURN_IF_ERROR(CheckLength(added, (volume + 1) / 2, "AddBlocks"));
    more = added.bytes;
  }
  House house = AirHouse(size);
  for (size_t i = 0; i < volume; ++i) {
    const int high = more.empty() ? 0 : static_cast<uint8_t>(more[i / 2]) >> (i % 2 * 4) & 15;
    const int id = high << 8 | static_cast<uint8_t>(ids->bytes[i]);
    const int value = static_cast<uint8_t>(data->bytes[i]) & 15;
    const Cell c = CellAt(size, static_cast<int>(i));
    const std::optional<Block> block = LegacyBlock(id, value);
    if (!block) return UnknownBlock(path, absl::StrCat(id, ":", value), c);
    house.Set(c, *block);
  }
  return house;
}

struct PaletteEntry {
  std::string name;
  std::optional<Block> block;
};

absl::StatusOr<std::vector<std::optional<PaletteEntry>>> ReadPalette(const NbtValue& palette) {
  std::vector<std::optional<PaletteEntry>> entries;
  RETURN_IF_ERROR(
      palette.ForEachField([&](absl::string_view name, const NbtValue& value) -> absl::Status {
        const absl::StatusOr<int64_t> index = value.Integer();
        RETURN_IF_ERROR(index.status());
        if (*index < 0 || *index >= static_cast<int64_t>(kMaxPalette)) {
          return value.Error(0, "palette index ", *index, ", expected 0 to ", kMaxPalette - 1);
        }
        const auto i = static_cast<size_t>(*index);
        if (i >= entries.size()) entries.resize(i + 1);
        if (entries[i]) return value.Error(0, "palette index ", i, " appears twice");
        entries[i] = PaletteEntry{std::string(name), BlockFromName(name)};
        return absl::OkStatus();
      }));
  return entries;
}

absl::StatusOr<House> ReadSponge(const std::string& path, const NbtValue& schematic, int version) {
  ASSIGN_OR_RETURN(const WorldSize size, Size(schematic));
  ASSIGN_OR_RETURN(const NbtValue blocks,
                   version == 3 ? schematic.Field("Blocks") : absl::StatusOr<NbtValue>(schematic));
  ASSIGN_OR_RETURN(const NbtValue palette_field, blocks.Field("Palette"));
  const auto palette = ReadPalette(palette_field);
  RETURN_IF_ERROR(palette.status());
  const absl::StatusOr<Array> data = ByteArray(blocks, version == 3 ? "Data" : "BlockData");
  RETURN_IF_ERROR(data.status());

  const auto error = [&](size_t at, auto... what) {
    return data->value.Error(NbtValue::kArrayHeader + at, what...);
  };
  House house = AirHouse(size);
  size_t at = 0;
  for (int i = 0; i < size.Volume(); ++i) {
    // A varint: seven bits a byte, the lowest first.
    const size_t begin = at;
    size_t index = 0;
    for (int shift = 0;; shift += 7) {
      if (at == data->bytes.size())
        return error(at, "data ends after ", i, " of ", size.Volume(), " cells");
      const auto byte = static_cast<uint8_t>(data->bytes[at++]);
      index |= static_cast<size_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
      if (shift >= 28) return error(begin, "a palette index of more than 5 bytes");
    }
    if (index >= palette->size() || !(*palette)[index]) {
      return error(begin, "palette index ", index, ", which the palette does not have");
    }
    const PaletteEntry& entry = *(*palette)[index];
    const Cell c = CellAt(size, i);
    if (!entry.block) return UnknownBlock(path, entry.name, c);
    house.Set(c, *entry.block);
  }
  if (at != data->bytes.size())
    return error(at, "expected the end of the data after the last cell");
  return house;
}

absl::StatusOr<House> ReadAny(const std::string& path, const NbtValue& root) {
  const absl::StatusOr<NbtValue> nested = root.Field("Schematic");
  const NbtValue schematic = nested.ok() ? *nested : root;
  if (!schematic.Has("Version")) {
    // Some programs write Sponge's first format without its version.
    return schematic.Has("Palette") ? ReadSponge(path, schematic, 1) : ReadLegacy(path, schematic);
  }
  const absl::StatusOr<NbtValue> field = schematic.Field("Version");
  const absl::StatusOr<int64_t> version = field->Integer();
  RETURN_IF_ERROR(version.status());
  if (*version < 1 || *version > 3) {
    return field->Error(0, "version ", *version, " of the Sponge format, expected 1 to 3");
  }
  return ReadSponge(path, schematic, static_cast<int>(*version));
}

}  // namespace

absl::StatusOr<House> ReadSchematic(const std::string& path) {
  ASSIGN_OR_RETURN(const NbtDocument document, NbtDocument::Read(path));
  absl::StatusOr<House> house = ReadAny(path, document.root());
  if (house.ok()) FillAuto(*house);
  return house;
}

}  // namespace hod::env
