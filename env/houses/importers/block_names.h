// Block types by the names of Minecraft since 1.13, and by those that GrabCraft shows.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "env/game/blocks.h"

namespace hod::env {

// The type for e.g. "minecraft:oak_stairs[facing=north,half=bottom]", or kAuto for lights; the same
// as LegacyBlock() gives for the old number of the block. Newer blocks go by their material.
// Nullopt for what no type stands for and for blocks of other namespaces.
std::optional<Block> BlockFromName(absl::string_view name);

// The type for a name as shown by GrabCraft, e.g. "Oak Wood Stairs (East, Normal)". GrabCraft's
// houses were reduced a little differently: leaves are air there.
std::optional<Block> BlockFromGrabCraftName(absl::string_view name);

}  // namespace hod::env
