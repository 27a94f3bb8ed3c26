// Block types of Minecraft before 1.13: a number from 0 to 255 and a data value from 0 to 15.
#pragma once

#include <optional>

#include "env/game/blocks.h"

namespace hod::env {

// The type that stands for a block, or kAuto for lights, which take on what is around them; nullopt
// if none does. Without a full shape, a block is air: plants, doors, torches, rails, carpets.
std::optional<Block> LegacyBlock(int id, int data);

// Whether the reference knows the pair. It rejects CraftAssist houses with any other.
bool IsInCraftAssistMap(int id, int data);

}  // namespace hod::env
