#include "env/houses/importers/structure.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "env/base/status.h"
#include "env/houses/importers/block_names.h"
#include "env/houses/importers/nbt_structure.h"
#include "env/houses/importers/palette.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

constexpr char kJigsaw[] = "minecraft:jigsaw";

// The palette, or the first of several. The game takes one of them by chance; they differ in kinds
// of wood, say.
absl::StatusOr<NbtValue> PaletteField(const NbtValue& root) {
  if (!root.Has("palettes")) return root.Field("palette");
  if (root.Has("palette")) return root.Error(0, "expected one of palette and palettes, not both");
  ASSIGN_OR_RETURN(const NbtValue palettes, root.Field("palettes"));
  std::optional<NbtValue> first;
  RETURN_IF_ERROR(palettes.ForEachElement([&](const NbtValue& palette) {
    if (!first) first = palette;
    return absl::OkStatus();
  }));
  if (!first) return palettes.Error(0, "palettes is empty");
  return *first;
}

// What a jigsaw block becomes when the game puts structures together.
absl::StatusOr<PaletteEntry> FinalState(const NbtValue& block) {
  if (!block.Has("nbt")) return PaletteEntry{kJigsaw, kAir};
  ASSIGN_OR_RETURN(const NbtValue nbt, block.Field("nbt"));
  if (!nbt.Has("final_state")) return PaletteEntry{kJigsaw, kAir};
  ASSIGN_OR_RETURN(const NbtValue field, nbt.Field("final_state"));
  ASSIGN_OR_RETURN(const absl::string_view state, field.Text());
  return PaletteEntry{std::string(state), BlockFromName(state)};
}

}  // namespace

absl::StatusOr<House> ReadStructureBlock(const std::string& path) {
  ASSIGN_OR_RETURN(const NbtDocument document, NbtDocument::Read(path));
  const NbtValue root = document.root();
  ASSIGN_OR_RETURN(const NbtValue size_field, root.Field("size"));
  ASSIGN_OR_RETURN(const WorldSize size, SizeFromList(size_field));
  ASSIGN_OR_RETURN(const StatedVersion stated, StatedIn(root, "DataVersion"));
  ASSIGN_OR_RETURN(const NbtValue palette_field, PaletteField(root));
  ASSIGN_OR_RETURN(Palette palette, ReadPalette(palette_field, {"Name", "Properties"}));
  const absl::Status resolved = Resolve(stated, palette);
  if (!resolved.ok()) return palette_field.Error(0, resolved.message());
  ASSIGN_OR_RETURN(const NbtValue blocks, root.Field("blocks"));

  House house = AirHouse(size);
  std::vector<bool> seen(house.blocks.size());
  RETURN_IF_ERROR(blocks.ForEachElement([&](const NbtValue& block) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t state, IntegerField(block, "state"));
    if (state < 0 || state >= static_cast<int64_t>(palette.size())) {
      return block.Error(0, "state ", state, ", which the palette does not have");
    }
    ASSIGN_OR_RETURN(const NbtValue pos, block.Field("pos"));
    ASSIGN_OR_RETURN(const auto place, ThreeIntegers(pos));
    const auto inside = [&](size_t axis, int extent) {
      return place[axis] >= 0 && place[axis] < extent;
    };
    if (!inside(0, size.w) || !inside(1, size.h) || !inside(2, size.d)) {
      return pos.Error(0, "a block at (", place[0], ", ", place[1], ", ", place[2],
                       "), outside the size");
    }
    const Cell c{static_cast<int>(place[0]), static_cast<int>(place[1]),
                 static_cast<int>(place[2])};
    if (seen[size.Index(c)]) {
      return pos.Error(0, "two blocks at (", c.x, ", ", c.y, ", ", c.z, ")");
    }
    seen[size.Index(c)] = true;
    PaletteEntry entry = *palette[state];
    if (ParseState(entry.state).name == kJigsaw) {
      ASSIGN_OR_RETURN(entry, FinalState(block));
    }
    if (!entry.block) return UnknownBlock(path, entry.state, c);
    house.Set(c, *entry.block);
    return absl::OkStatus();
  }));
  FillAuto(house);
  return house;
}

}  // namespace hod::env
