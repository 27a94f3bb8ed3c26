#include "env/houses/importers/craftassist.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "env/houses/files/npy.h"
#include "env/houses/importers/legacy_blocks.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

constexpr int kGrassId = 2, kDirtId = 3, kTntId = 46, kMelonId = 103, kMagmaId = 213;

// An array [y][x][z][2] with coordinates in our order.
class Schematic {
 public:
  explicit Schematic(const NpyArray& array)
      : array_(array), size_{array.shape[1], array.shape[0], array.shape[2]} {}

  const WorldSize& size() const { return size_; }
  int Id(Cell c) const { return static_cast<uint8_t>(array_.bytes[At(c)]); }
  int Data(Cell c) const { return static_cast<uint8_t>(array_.bytes[At(c) + 1]); }
  size_t At(Cell c) const {
    return 2 * ((static_cast<size_t>(c.y) * size_.w + c.x) * size_.d + c.z);
  }

 private:
  const NpyArray& array_;
  const WorldSize size_;
};

// Whether a cell counts as margin. The reference means to strip margins of air, but its mask holds
// where there is a block (TNT, melons and magma, which it makes air, are blocks here): only faces
// full of blocks or earth go, and air goes later, with crop_air.
bool IsMargin(const Schematic& schematic, Cell c) {
  const int id = schematic.Id(c), data = schematic.Data(c);
  if (id == kGrassId || id == kDirtId) return true;
  return IsInCraftAssistMap(id, data) &&
         (LegacyBlock(id, data) != kAir || id == kTntId || id == kMelonId || id == kMagmaId);
}

struct Range {
  int begin, end;
};

// What stays of an axis when slices of margin go from both ends. As in the reference, nothing goes
// if all are margin.
Range Trimmed(const std::vector<bool>& is_margin) {
  const int n = static_cast<int>(is_margin.size());
  Range range{0, n};
  while (range.begin < n && is_margin[range.begin]) ++range.begin;
  if (range.begin == n) return {0, n};
  while (is_margin[range.end - 1]) --range.end;
  return range;
}

}  // namespace

absl::StatusOr<House> ReadCraftAssist(const std::string& path) {
  ASSIGN_OR_RETURN(const NpyArray array, ReadNpyArray(path, 4, kMaxStructureExtent));
  if (array.shape[3] != 2) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": the last extent is ", array.shape[3],
                                                   ", expected 2: block number and data value"));
  }
  const Schematic schematic(array);
  const WorldSize& size = schematic.size();
  std::vector<bool> x(size.w, true), y(size.h, true), z(size.d, true);
  for (int i = 0; i < size.Volume(); ++i) {
    const Cell c = size.At(i);
    if (!IsMargin(schematic, c)) x[c.x] = y[c.y] = z[c.z] = false;
  }
  const Range xs = Trimmed(x), ys = Trimmed(y), zs = Trimmed(z);
  House house = AirHouse({xs.end - xs.begin, ys.end - ys.begin, zs.end - zs.begin});
  for (int i = 0; i < house.size.Volume(); ++i) {
    const Cell c = house.size.At(i) + Cell{xs.begin, ys.begin, zs.begin};
    const int id = schematic.Id(c), data = schematic.Data(c);
    if (!IsInCraftAssistMap(id, data)) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": offset ", array.data_offset + schematic.At(c), ": block ", id, ":",
                       data, ": no type of the game stands for it"));
    }
    house.blocks[i] = *LegacyBlock(id, data);
  }
  FillAuto(house);
  return house;
}

}  // namespace hod::env
