#include "env/houses/importers/litematic.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "env/base/status.h"
#include "env/houses/importers/nbt_structure.h"
#include "env/houses/importers/palette.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

constexpr int kMaxVersion = 7;  // The newest; all so far mean the same by what is read here.
constexpr int kFirstVersionFor113 = 5;
// Bounded so that differences are.
constexpr int64_t kMaxCoordinate = 1 << 30;

// The coordinates of a compound {x, y, z}.
absl::StatusOr<std::array<int64_t, 3>> Vector(const NbtValue& compound) {
  std::array<int64_t, 3> values{};
  constexpr const char* kAxes[] = {"x", "y", "z"};
  for (size_t axis = 0; axis < 3; ++axis) {
    ASSIGN_OR_RETURN(values[axis], IntegerField(compound, kAxes[axis]));
    if (std::abs(values[axis]) > kMaxCoordinate) {
      return compound.Error(0, kAxes[axis], " is ", values[axis], ", expected at most ",
                            kMaxCoordinate, " either way");
    }
  }
  return values;
}

struct Region {
  NbtValue where;
  std::array<int64_t, 3> low, high;  // The first cells, and those after the last.
  Palette palette;
  NbtValue states;
};

absl::StatusOr<Region> ReadRegion(const NbtValue& region, StatedVersion stated) {
  ASSIGN_OR_RETURN(const NbtValue position_field, region.Field("Position"));
  ASSIGN_OR_RETURN(const NbtValue size_field, region.Field("Size"));
  ASSIGN_OR_RETURN(const auto position, Vector(position_field));
  ASSIGN_OR_RETURN(const auto size, Vector(size_field));
  ASSIGN_OR_RETURN(const NbtValue palette_field, region.Field("BlockStatePalette"));
  ASSIGN_OR_RETURN(Palette palette, ReadPalette(palette_field, {"Name", "Properties"}));
  const absl::Status resolved = Resolve(stated, palette);
  if (!resolved.ok()) return palette_field.Error(0, resolved.message());
  ASSIGN_OR_RETURN(const NbtValue states, region.Field("BlockStates"));
  Region read{region, {}, {}, std::move(palette), states};
  for (size_t axis = 0; axis < 3; ++axis) {
    if (size[axis] == 0 || std::abs(size[axis]) > kMaxStructureExtent) {
      return size_field.Error(0, "size ", size[axis], ", expected 1 to ", kMaxStructureExtent,
                              " either way");
    }
    // A region of a negative size goes down from its position, which belongs to it.
    read.low[axis] = position[axis] + std::min<int64_t>(size[axis] + 1, 0);
    read.high[axis] = read.low[axis] + std::abs(size[axis]);
  }
  return read;
}

// The numbers of a packed array, of `bits` bits each. They follow one another without gaps, the
// lowest bits first, and may lie in two longs.
class PackedNumbers {
 public:
  PackedNumbers(std::vector<uint64_t> longs, int bits) : longs_(std::move(longs)), bits_(bits) {}

  static size_t NumLongs(size_t count, int bits) { return (count * bits + 63) / 64; }

  uint64_t operator[](size_t i) const {
    const size_t begin = i * bits_, word = begin / 64, shift = begin % 64;
    uint64_t value = longs_[word] >> shift;
    if (shift + bits_ > 64) value |= longs_[word + 1] << (64 - shift);
    return value & ((uint64_t{1} << bits_) - 1);
  }

 private:
  std::vector<uint64_t> longs_;
  size_t bits_;
};

// Adds the blocks of a region to the house, whose first cell lies at `origin`.
absl::Status AddRegion(const std::string& path, const Region& region,
                       const std::array<int64_t, 3>& origin, House& house) {
  const auto extent = [&](size_t axis) {
    return static_cast<int>(region.high[axis] - region.low[axis]);
  };
  const WorldSize size{extent(0), extent(1), extent(2)};
  const Cell corner{static_cast<int>(region.low[0] - origin[0]),
                    static_cast<int>(region.low[1] - origin[1]),
                    static_cast<int>(region.low[2] - origin[2])};
  if (region.palette.empty()) return region.where.Error(0, "an empty palette");
  const int bits = std::max(2, static_cast<int>(std::bit_width(region.palette.size() - 1)));
  const size_t expected = PackedNumbers::NumLongs(static_cast<size_t>(size.Volume()), bits);
  ASSIGN_OR_RETURN(std::vector<uint64_t> longs, region.states.Longs());
  if (longs.size() != expected) {
    return region.states.Error(0, "BlockStates has ", longs.size(), " longs, expected ", expected,
                               " for ", size.Volume(), " cells of ", bits, " bits");
  }
  const PackedNumbers numbers(std::move(longs), bits);
  for (int i = 0; i < size.Volume(); ++i) {
    const uint64_t number = numbers[i];
    if (number >= region.palette.size()) {
      return region.states.Error(0, "cell ", i, ": palette index ", number, ", expected 0 to ",
                                 region.palette.size() - 1);
    }
    const PaletteEntry& entry = *region.palette[number];
    const Cell c = corner + EditorCell(size, i);
    if (!entry.block) return UnknownBlock(path, entry.state, c);
    if (*entry.block == kAir) continue;
    const Block before = house.At(c);
    if (before != kAir && before != *entry.block) {
      return region.where.Error(0, "regions overlap at (", c.x, ", ", c.y, ", ", c.z,
                                ") with different blocks");
    }
    house.Set(c, *entry.block);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<House> ReadLitematic(const std::string& path) {
  ASSIGN_OR_RETURN(const NbtDocument document, NbtDocument::Read(path));
  const NbtValue root = document.root();
  ASSIGN_OR_RETURN(const NbtValue version_field, root.Field("Version"));
  ASSIGN_OR_RETURN(const int64_t version, version_field.Integer());
  if (version < 1 || version > kMaxVersion) {
    return version_field.Error(0, "version ", version, " of Litematica's format, expected 1 to ",
                               kMaxVersion);
  }
  ASSIGN_OR_RETURN(StatedVersion stated, StatedIn(root, "MinecraftDataVersion"));
  if (stated == StatedVersion::kNone && version >= kFirstVersionFor113) {
    stated = StatedVersion::kSince113;
  }
  ASSIGN_OR_RETURN(const NbtValue regions_field, root.Field("Regions"));
  std::vector<Region> regions;
  RETURN_IF_ERROR(
      regions_field.ForEachField([&](absl::string_view, const NbtValue& value) -> absl::Status {
        ASSIGN_OR_RETURN(Region region, ReadRegion(value, stated));
        regions.push_back(std::move(region));
        return absl::OkStatus();
      }));
  if (regions.empty()) return regions_field.Error(0, "no regions");

  std::array<int64_t, 3> low = regions[0].low, high = regions[0].high;
  for (const Region& region : regions) {
    for (size_t axis = 0; axis < 3; ++axis) {
      low[axis] = std::min(low[axis], region.low[axis]);
      high[axis] = std::max(high[axis], region.high[axis]);
    }
  }
  for (size_t axis = 0; axis < 3; ++axis) {
    if (high[axis] - low[axis] > kMaxStructureExtent) {
      return regions_field.Error(0, "the regions span ", high[axis] - low[axis],
                                 " cells, expected at most ", kMaxStructureExtent);
    }
  }
  const WorldSize size{static_cast<int>(high[0] - low[0]), static_cast<int>(high[1] - low[1]),
                       static_cast<int>(high[2] - low[2])};
  RETURN_IF_ERROR(CheckVolume(regions_field, size));
  House house = AirHouse(size);
  for (const Region& region : regions) {
    RETURN_IF_ERROR(AddRegion(path, region, low, house));
  }
  FillAuto(house);
  return house;
}

}  // namespace hod::env
