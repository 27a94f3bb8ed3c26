// Block types by the names of Minecraft's Bedrock edition.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "env/game/blocks.h"

namespace hod::env {

// The type for e.g. "minecraft:stone_block_slab[stone_slab_type=brick]", or kAuto for lights.
// Bedrock has names of its own, of Java before 1.13 and of Java since; versions differ, but no
// name is that of two blocks. Nullopt for what no type stands for and for other namespaces.
std::optional<Block> BlockFromBedrockState(absl::string_view state);

}  // namespace hod::env
