// Block types by the names of Minecraft's Bedrock edition.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "env/game/blocks.h"

namespace hod::env {

// The type for e.g. "minecraft:stone_block_slab[stone_slab_type=brick]", or kAuto for lights.
// Bedrock has names of its own, of Java before 1.13 and of Java since; versions differ, but no
// name is that of two blocks. Nullopt for what no type stands for and for other namespaces.
std::optional<Block> BlockFromBedrockState(absl::string_view state);

// The state for a name and a data value, with which Bedrock told variants apart before it had
// states: e.g. "minecraft:stone_slab[stone_slab_type=wood]" for "minecraft:stone_slab" and 2. Names
// of blocks that are of one type in all variants stay as they are. Nullopt for values that a block
// does not have.
std::optional<std::string> BedrockStateOf(absl::string_view name, int64_t data);

}  // namespace hod::env
