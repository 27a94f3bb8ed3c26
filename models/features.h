// What the network sees: a position as float planes over the world.
#pragma once

#include "absl/types/span.h"
#include "mcts/evaluator.h"

namespace hod::models {

// Planes, each [w][h][d] in the world's flat order. "Self" is the position's player.
enum FeaturePlane {
  // What speaks of the goal of a voxel directly; the goal head sees these without the trunk.
  kBlockPlane = 0,      // 10 planes: one-hot of the current block.
  kBuiltPlane = 10,     // 10 planes: the same, where another player placed it.
  kRejectedPlane = 20,  // 10 planes: 1 for every type that another player has broken here.
  kNumGoalPlanes = 30,

  kSelfPlane = 30,        // 1 in the voxels of the player's body; none with teleportation.
  kOthersPlane = 31,      // The same of all other players.
  kSelfEditPlane = 32,    // 1 where the player was the last to place or break.
  kOthersEditPlane = 33,  // 1 where another player was.
  kSelfRecentPlane = 34,  // 2 planes: exp(-age / 4) and exp(-age / 32) of that edit in timesteps.
  kOthersRecentPlane =
      36,               // The same for others' edits: people build next to what they just built.
  kPositionPlane = 38,  // 3 planes: x / w, y / h, z / d. Houses stand at the low corner.
  kTimePlane = 41,      // 2 planes: exp(-t / 64) and exp(-t / 512), bounded for any horizon.
  kOnesPlane = 43,      // 1 everywhere, so that zero padding shows the border.
  kSelfInventoryPlane = 44,    // With inventories only: 10 planes, count of each block / 64.
  kOthersInventoryPlane = 54,  // The same, summed over the other players.
};
inline constexpr int kMaxFeatures = 64;

constexpr int NumFeatures(bool inventories) {
  return inventories ? kMaxFeatures : kSelfInventoryPlane;
}

// Writes all planes of `position`, [NumFeatures(inventories)][w][h][d]. Where blocks are infinite
// the inventory planes are 0. Requires planes.size() == NumFeatures(inventories) * volume.
void EncodeFeatures(const mcts::Position& position, bool inventories, absl::Span<float> planes);

}  // namespace hod::models
