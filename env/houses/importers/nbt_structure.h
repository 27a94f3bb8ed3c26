// What the readers of structures in NBT have in common.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/houses/house.h"
#include "env/houses/importers/nbt.h"

namespace hod::env {

// The error, of code FailedPrecondition, that no type of the game stands for a block.
absl::Status UnknownBlock(const std::string& path, absl::string_view block, Cell c);

// The value of a field that is a number.
absl::StatusOr<int64_t> IntegerField(const NbtValue& compound, absl::string_view name);

// A number as an extent: from 1 to kMaxStructureExtent. Errors call it `name`.
absl::StatusOr<int> Extent(const NbtValue& value, absl::string_view name);
// An error about `where` if there are too many cells.
absl::Status CheckVolume(const NbtValue& where, const WorldSize& size);

// The numbers of a list of three, such as a place.
absl::StatusOr<std::array<int64_t, 3>> ThreeIntegers(const NbtValue& list);
// A size within the limits of structures from such a list.
absl::StatusOr<WorldSize> SizeFromList(const NbtValue& list);

// The bytes of an array, and the array for errors.
struct ByteArray {
  NbtValue value;
  absl::string_view bytes;
};
absl::StatusOr<ByteArray> ByteArrayField(const NbtValue& compound, absl::string_view name);

// The size of an editor's file: the fields Width, Height and Length.
absl::StatusOr<WorldSize> EditorSize(const NbtValue& schematic);
// The cell at a place in the order of such files: y slowest, then z, then x.
inline Cell EditorCell(const WorldSize& size, int i) {
  return {i % size.w, i / (size.w * size.d), i / size.w % size.d};
}

}  // namespace hod::env
