#include "env/houses/importers/mcedit.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "env/base/status.h"
#include "env/houses/importers/legacy_blocks.h"
#include "env/houses/importers/legacy_names.h"
#include "env/houses/importers/nbt_structure.h"

namespace hod::env {
namespace {

// Arrays that may be as long as those of the cells and do not say which blocks there are.
constexpr const char* kOtherArrays[] = {"Biomes", "BlockLight", "HeightMap", "SkyLight"};
constexpr const char* kCellArrays[] = {"Blocks", "Data", "AddBlocks", "Add"};
// Shorter arrays are coordinates and the like, even where there are few cells.
constexpr size_t kMinCellArray = 16;

// What the numbers of a file are, where it says so.
using NameOfNumber = std::map<int64_t, std::string>;

absl::Status CheckLength(const ByteArray& array, size_t expected, absl::string_view name) {
  if (array.bytes.size() == expected) return absl::OkStatus();
  return array.value.Error(0, name, " has ", array.bytes.size(), " bytes, expected ", expected);
}

// The format has four bits for data values and for the higher bits of numbers, which so end at
// 4095. What is more belongs to a format that we do not know.
absl::Status CheckFourBits(const ByteArray& array, absl::string_view name) {
  for (size_t i = 0; i < array.bytes.size(); ++i) {
    const auto byte = static_cast<uint8_t>(array.bytes[i]);
    if (byte <= 15) continue;
    return array.value.Error(NbtValue::kArrayHeader + i, name, " of cell ", i, " is ", int{byte},
                             ", expected 0 to 15");
  }
  return absl::OkStatus();
}

absl::Status CheckMaterials(const NbtValue& schematic) {
  if (!schematic.Has("Materials")) return absl::OkStatus();
  ASSIGN_OR_RETURN(const NbtValue field, schematic.Field("Materials"));
  ASSIGN_OR_RETURN(const absl::string_view materials, field.Text());
  if (materials == "Alpha") return absl::OkStatus();
  return field.Error(0, "Materials is \"", materials,
                     "\": its numbers are not those of the Java edition, expected \"Alpha\"");
}

// Refuses arrays that might change what the cells are.
absl::Status CheckArrays(const NbtValue& schematic, size_t volume) {
  const auto is_in = [](absl::Span<const char* const> names, absl::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return schematic.ForEachField([&](absl::string_view name, const NbtValue& value) {
    // Half a byte a cell, or more.
    const bool for_every_cell = value.ArraySize() >= std::max(volume / 2, kMinCellArray);
    if (!for_every_cell || is_in(kCellArrays, name) || is_in(kOtherArrays, name)) {
      return absl::OkStatus();
    }
    return value.Error(0, name, " is an array for all cells, and it is not known what it says");
  });
}

absl::Status AddName(const NbtValue& where, int64_t number, absl::string_view name,
                     NameOfNumber& names) {
  if (number < 0 || number > 0xfff) {
    return where.Error(0, "block number ", number, ", expected 0 to ", 0xfff);
  }
  if (!names.emplace(number, name).second) {
    return where.Error(0, "block number ", number, " has two names");
  }
  return absl::OkStatus();
}

// Schematica writes {name: number}, MCEdit writes {"number": name}.
absl::StatusOr<NameOfNumber> ReadNames(const NbtValue& schematic) {
  NameOfNumber names;
  const bool schematica = schematic.Has("SchematicaMapping"), mcedit = schematic.Has("BlockIDs");
  if (schematica && mcedit) {
    return schematic.Error(0, "expected one of SchematicaMapping and BlockIDs, not both");
  }
  if (schematica) {
    ASSIGN_OR_RETURN(const NbtValue mapping, schematic.Field("SchematicaMapping"));
    RETURN_IF_ERROR(
        mapping.ForEachField([&](absl::string_view name, const NbtValue& value) -> absl::Status {
          ASSIGN_OR_RETURN(const int64_t number, value.Integer());
          return AddName(value, number, name, names);
        }));
  }
  if (mcedit) {
    ASSIGN_OR_RETURN(const NbtValue mapping, schematic.Field("BlockIDs"));
    RETURN_IF_ERROR(
        mapping.ForEachField([&](absl::string_view key, const NbtValue& value) -> absl::Status {
          ASSIGN_OR_RETURN(const absl::string_view name, value.Text());
          int number = 0;
          if (!absl::SimpleAtoi(key, &number)) {
            return value.Error(0, "BlockIDs has \"", key, "\", expected a block number");
          }
          return AddName(value, number, name, names);
        }));
  }
  return names;
}

// Bits 8 to 11 of the numbers, or nothing if there are none.
absl::StatusOr<std::vector<uint8_t>> ReadHighBits(const NbtValue& schematic, size_t volume,
                                                  bool has_names) {
  std::vector<uint8_t> high;
  const bool nibbles = schematic.Has("AddBlocks"), bytes = schematic.Has("Add");
  if (nibbles && bytes) return schematic.Error(0, "expected one of AddBlocks and Add, not both");
  if (bytes) {  // Old versions of Schematica: a byte a cell.
    ASSIGN_OR_RETURN(const ByteArray add, ByteArrayField(schematic, "Add"));
    RETURN_IF_ERROR(CheckLength(add, volume, "Add"));
    RETURN_IF_ERROR(CheckFourBits(add, "Add"));
    high.assign(add.bytes.begin(), add.bytes.end());
  }
  if (nibbles) {
    ASSIGN_OR_RETURN(const ByteArray add, ByteArrayField(schematic, "AddBlocks"));
    // WorldEdit's array has a byte more than it needs if there is an even number of cells.
    if (add.bytes.size() != volume / 2 + 1) {
      RETURN_IF_ERROR(CheckLength(add, (volume + 1) / 2, "AddBlocks"));
    }
    // The first cell of a byte has its high bits in MCEdit and Schematica, which write names, and
    // its low bits in WorldEdit, which does not.
    for (size_t i = 0; i < volume; ++i) {
      const bool upper = (i % 2 == 0) == has_names;
      high.push_back(static_cast<uint8_t>(add.bytes[i / 2]) >> (upper ? 4 : 0) & 15);
    }
  }
  return high;
}

}  // namespace

absl::StatusOr<House> ReadMcedit(const std::string& path, const NbtValue& schematic) {
  RETURN_IF_ERROR(CheckMaterials(schematic));
  ASSIGN_OR_RETURN(const WorldSize size, EditorSize(schematic));
  const auto volume = static_cast<size_t>(size.Volume());
  RETURN_IF_ERROR(CheckArrays(schematic, volume));
  ASSIGN_OR_RETURN(const ByteArray ids, ByteArrayField(schematic, "Blocks"));
  ASSIGN_OR_RETURN(const ByteArray data, ByteArrayField(schematic, "Data"));
  RETURN_IF_ERROR(CheckLength(ids, volume, "Blocks"));
  RETURN_IF_ERROR(CheckLength(data, volume, "Data"));
  RETURN_IF_ERROR(CheckFourBits(data, "Data"));
  ASSIGN_OR_RETURN(const NameOfNumber names, ReadNames(schematic));
  ASSIGN_OR_RETURN(const std::vector<uint8_t> high,
                   ReadHighBits(schematic, volume, !names.empty()));

  House house = AirHouse(size);
  for (size_t i = 0; i < volume; ++i) {
    const int id = (high.empty() ? 0 : high[i] << 8) | static_cast<uint8_t>(ids.bytes[i]);
    const int value = data.bytes[i];
    const Cell c = EditorCell(size, static_cast<int>(i));
    // Numbers without a name are the usual ones, as in Schematica.
    const auto name = names.find(id);
    const std::optional<Block> block =
        name == names.end() ? LegacyBlock(id, value) : BlockFromLegacyName(name->second, value);
    if (!block) {
      return UnknownBlock(
          path, absl::StrCat(name == names.end() ? absl::StrCat(id) : name->second, ":", value), c);
    }
    house.Set(c, *block);
  }
  return house;
}

}  // namespace hod::env
