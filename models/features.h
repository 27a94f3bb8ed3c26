// What the network sees: a position as float planes over the world.
#pragma once

#include "absl/types/span.h"
#include "mcts/evaluator.h"

namespace hod::models {

// Planes, each [w][h][d] in the world's flat order. "Self" is the position's player.
enum FeaturePlane {
  kBlockPlane = 0,        // 10 planes: one-hot of the current block.
  kSelfPlane = 10,        // 1 in the voxels of the player's body; none with teleportation.
  kOthersPlane = 11,      // The same of all other players.
  kSelfEditPlane = 12,    // 1 where the player was the last to place or break.
  kOthersEditPlane = 13,  // 1 where another player was.
  kSelfRecentPlane = 14,  // 2 planes: exp(-age / 4) and exp(-age / 32) of that edit in timesteps.
  kOthersRecentPlane =
      16,               // The same for others' edits: people build next to what they just built.
  kPositionPlane = 18,  // 3 planes: x / w, y / h, z / d. Houses stand at the low corner.
  kTimePlane = 21,      // 2 planes: exp(-t / 64) and exp(-t / 512), bounded for any horizon.
  kOnesPlane = 23,      // 1 everywhere, so that zero padding shows the border.
  kBrokenPlane = 24,    // 10 planes: one-hot of what was last broken here (air: nothing was).
  kSelfInventoryPlane = 34,    // With inventories only: 10 planes, count of each block / 64.
  kOthersInventoryPlane = 44,  // The same, summed over the other players.
};
inline constexpr int kMaxFeatures = 54;

constexpr int NumFeatures(bool inventories) {
  return inventories ? kMaxFeatures : kSelfInventoryPlane;
}

// Writes all planes of `position`, [NumFeatures(inventories)][w][h][d]. Where blocks are infinite
// the inventory planes are 0. Requires planes.size() == NumFeatures(inventories) * volume.
void EncodeFeatures(const mcts::Position& position, bool inventories, absl::Span<float> planes);

}  // namespace hod::models
