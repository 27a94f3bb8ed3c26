// Palettes: the block states that the cells of a file are numbers of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "env/game/blocks.h"
#include "env/houses/importers/nbt.h"

namespace hod::env {

// More states than Minecraft has.
inline constexpr size_t kMaxPalette = 1 << 16;

// What a file says about the version of Minecraft whose names it uses. Before 1.13, some names were
// those of other blocks.
enum class StatedVersion { kNone, kBefore113, kSince113 };

// By the number that Minecraft counts its versions with.
StatedVersion VersionOf(int64_t data_version);
// By a field of a compound, where it is there.
absl::StatusOr<StatedVersion> StatedIn(const NbtValue& compound, absl::string_view field);

struct PaletteEntry {
  std::string state;           // E.g. "minecraft:oak_stairs[facing=east]".
  std::optional<Block> block;  // Its type; see BlockFromName().
};
// By number; nothing for numbers that the file does not define.
using Palette = std::vector<std::optional<PaletteEntry>>;

// The names of the fields of a state in a list of states.
struct StateFields {
  const char *name, *properties;
};
// The states of a list of compounds, without their types; properties may be texts or numbers.
absl::StatusOr<Palette> ReadPalette(const NbtValue& list, const StateFields& fields);

// Fills in the types. If all names that tell are from one time, before 1.13 or since, the palette
// is from that time, even where the file states another. If they tell nothing, or are from both,
// what the file states decides about names that mean different blocks in the two. If it states
// nothing, a palette that tells nothing is from before 1.13, and one with such a name and others of
// both times is an error.
absl::Status Resolve(StatedVersion stated, Palette& palette);

}  // namespace hod::env
