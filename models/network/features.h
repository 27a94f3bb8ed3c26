// What the network sees of a position: planes over the world, and numbers about all of it.
#pragma once

#include "absl/types/span.h"
#include "env/game/actions.h"
#include "mcts/evaluator.h"
#include "models/network/network.h"

namespace hod::models {

// Planes, each [w][h][d] in the world's flat order. "Self" is the position's player.
enum FeaturePlane {
  // What speaks of the goal of a voxel directly; the goal head sees these without the trunk.
  kBlockPlane = 0,      // 10 planes: one-hot of the current block.
  kBuiltPlane = 10,     // 10 planes: the same, where another player placed it.
  kRejectedPlane = 20,  // 10 planes: 1 for every type that another player has broken here.
  kNumGoalPlanes = 30,

  kSelfPlane = 30,          // 1 in the voxels of the player's body; none with teleportation.
  kOthersPlane = 31,        // The same of all other players.
  kSelfEditPlane = 32,      // 1 where the player was the last to place or break.
  kOthersEditPlane = 33,    // 1 where another player was.
  kSelfRecentPlane = 34,    // 2 planes: exp(-age / 4) and exp(-age / 32) of that edit in timesteps.
  kOthersRecentPlane = 36,  // The same for others: people build next to what they just built.
  kPositionPlane = 38,      // 3 planes: x / w, y / h, z / d. Houses stand at the low corner.
  kOnesPlane = 41,          // 1 everywhere, so that zero padding shows the border.
  // Only players who see the goal have these:
  kWantedPlane = 42,    // 10 planes: one-hot of the goal's block.
  kWrongPlane = 52,     // 1 where the current block is another.
  kPlaceNowPlane = 53,  // 1 where the player may place the goal's block now,
  kBreakNowPlane = 54,  // and where it may break another: is there something to do from here?
  kNumPlanes = 55,
};

// Numbers about the whole world.
enum FeatureGlobal {
  kTimeGlobal = 0,           // 2: exp(-t / 64) and exp(-t / 512), bounded for any horizon.
  kSelfLastGlobal = 2,       // 28: one-hot of the channel of the player's last action.
  kOthersLastGlobal = 30,    // 28: the same, summed over the other players.
  kSelfNewestGlobal = 58,    // 10: one-hot of the type of the newest of its blocks that stand, as
  kOthersNewestGlobal = 68,  // people place the same type again and again. 10: the same of others.
  // Only networks with inventories have these:
  kSelfInventoryGlobal = 78,    // 10: count of each block / 64.
  kOthersInventoryGlobal = 88,  // 10: the same, summed over the other players.
  kNumGlobals = 98,
};
static_assert(kOthersLastGlobal == kSelfLastGlobal + env::kNumActionChannels);

constexpr int NumPlanes(const NetworkConfig& config) {
  return config.goal_visible ? kNumPlanes : kWantedPlane;
}
constexpr int NumGlobals(const NetworkConfig& config) {
  return config.inventories ? kNumGlobals : kSelfInventoryGlobal;
}

// Writes what a network of `config` sees of `position`: planes [NumPlanes][w][h][d] and globals
// [NumGlobals]. Where blocks are infinite, inventories are 0. Requires spans of these lengths.
void EncodeFeatures(const NetworkConfig& config, const mcts::Position& position,
                    absl::Span<float> planes, absl::Span<float> globals);

}  // namespace hod::models
