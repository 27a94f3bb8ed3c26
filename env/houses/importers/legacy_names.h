// The names that Minecraft's blocks had before 1.13, when they still had numbers.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "env/game/blocks.h"

namespace hod::env {

// What a name says about the version that wrote it.
enum class NameAge {
  kBoth,    // Nothing: the block has this name before and since 1.13, or is not Minecraft's.
  kEither,  // Nothing, but it is the name of two blocks: one before 1.13, another since.
  kOld,     // It is from before 1.13.
  kNew,     // It is from 1.13 or later.
};

// The age of e.g. "minecraft:planks[variant=oak]".
NameAge AgeOfState(absl::string_view state);

// The type for a name from before 1.13 and a data value; like BlockFromName() for other names.
std::optional<Block> BlockFromLegacyName(absl::string_view name, int data);

// The type for a state from before 1.13, e.g. "minecraft:stone_slab[half=top,variant=brick]".
std::optional<Block> BlockFromLegacyState(absl::string_view state);

}  // namespace hod::env
