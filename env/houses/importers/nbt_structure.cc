#include "env/houses/importers/nbt_structure.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"

namespace hod::env {

absl::Status UnknownBlock(const std::string& path, absl::string_view block, Cell c) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": block ", block, " at (", c.x, ", ",
                                                    c.y, ", ", c.z,
                                                    "): no type of the game stands for it"));
}

absl::StatusOr<int64_t> IntegerField(const NbtValue& compound, absl::string_view name) {
  ASSIGN_OR_RETURN(const NbtValue field, compound.Field(name));
  return field.Integer();
}

absl::StatusOr<int> Extent(const NbtValue& value, absl::string_view name) {
  ASSIGN_OR_RETURN(const int64_t extent, value.Integer());
  if (extent < 1 || extent > kMaxStructureExtent) {
    return value.Error(0, name, " is ", extent, ", expected 1 to ", kMaxStructureExtent);
  }
  return static_cast<int>(extent);
}

absl::Status CheckVolume(const NbtValue& where, const WorldSize& size) {
  if (size.Volume() <= kMaxStructureCells) return absl::OkStatus();
  return where.Error(0, size.Volume(), " cells, expected at most ", kMaxStructureCells);
}

absl::StatusOr<std::array<int64_t, 3>> ThreeIntegers(const NbtValue& list) {
  std::array<int64_t, 3> numbers{};
  size_t count = 0;
  RETURN_IF_ERROR(list.ForEachElement([&](const NbtValue& value) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t number, value.Integer());
    if (count < numbers.size()) numbers[count] = number;
    ++count;
    return absl::OkStatus();
  }));
  if (count != numbers.size()) return list.Error(0, count, " numbers, expected 3");
  return numbers;
}

absl::StatusOr<WorldSize> SizeFromList(const NbtValue& list) {
  ASSIGN_OR_RETURN(const auto extents, ThreeIntegers(list));
  for (const int64_t extent : extents) {
    if (extent < 1 || extent > kMaxStructureExtent) {
      return list.Error(0, "size ", extents[0], "x", extents[1], "x", extents[2],
                        ", expected 1 to ", kMaxStructureExtent, " each");
    }
  }
  const WorldSize size{static_cast<int>(extents[0]), static_cast<int>(extents[1]),
                       static_cast<int>(extents[2])};
  RETURN_IF_ERROR(CheckVolume(list, size));
  return size;
}

absl::StatusOr<ByteArray> ByteArrayField(const NbtValue& compound, absl::string_view name) {
  ASSIGN_OR_RETURN(const NbtValue value, compound.Field(name));
  ASSIGN_OR_RETURN(const absl::string_view bytes, value.Bytes());
  return ByteArray{value, bytes};
}

absl::StatusOr<WorldSize> EditorSize(const NbtValue& schematic) {
  WorldSize size;
  for (const auto& [name, extent] :
       {std::pair{"Width", &size.w}, {"Height", &size.h}, {"Length", &size.d}}) {
    ASSIGN_OR_RETURN(const NbtValue field, schematic.Field(name));
    ASSIGN_OR_RETURN(*extent, Extent(field, name));
  }
  RETURN_IF_ERROR(CheckVolume(schematic, size));
  return size;
}

}  // namespace hod::env
