// Block types by the names of Minecraft since 1.13, and by those that GrabCraft shows.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "env/game/blocks.h"

namespace hod::env {

// A block with its properties, e.g. "minecraft:oak_stairs[facing=north,half=bottom]", in its parts.
struct BlockState {
  absl::string_view name;        // "minecraft:oak_stairs"
  absl::string_view properties;  // "facing=north,half=bottom"

  bool Has(absl::string_view property) const { return Find(property).has_value(); }
  // The value of a property; empty if there is none of the name.
  absl::string_view Value(absl::string_view property) const {
    return Find(property).value_or(absl::string_view());
  }

 private:
  std::optional<absl::string_view> Find(absl::string_view property) const;
};
BlockState ParseState(absl::string_view state);

// The type for e.g. "minecraft:oak_stairs[facing=north,half=bottom]", or kAuto for lights; the same
// as LegacyBlock() gives for the old number of the block. Newer blocks go by their material.
// Nullopt for what no type stands for and for blocks of other namespaces.
std::optional<Block> BlockFromName(absl::string_view name);

// The type for a name as shown by GrabCraft, e.g. "Oak Wood Stairs (East, Normal)". GrabCraft's
// houses were reduced a little differently: leaves are air there.
std::optional<Block> BlockFromGrabCraftName(absl::string_view name);

}  // namespace hod::env
