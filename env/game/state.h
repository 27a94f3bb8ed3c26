// Everything that changes during an episode. A plain value: copies are independent.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "env/game/actions.h"
#include "env/game/blocks.h"
#include "env/game/geometry.h"
#include "env/game/inventory.h"

namespace hod::env {

struct PlayerState {
  Cell feet;  // The body fills this voxel and the one above. Meaningless with teleportation.
  Inventory inventory;
  double initial_similarity = 0.0;  // Similarity at reset under this player's place_wrong.
  double best_percentage = 0.0;     // Highest goal percentage so far.
  // What it did in the last timestep, as all could see: a noop if that had no effect. Not part of
  // the reference's observation, but of use to networks without memory.
  Action last_action{};
  friend bool operator==(const PlayerState&, const PlayerState&) = default;
};

inline constexpr int8_t kNobody = -1;
inline constexpr int32_t kNever = -1;

struct State {
  std::vector<Block> blocks;  // [volume]
  std::vector<int8_t>
      last_interacted;  // [volume] player who last placed or broke here, or kNobody.
  // Not part of the reference's observation either:
  std::vector<int32_t> interacted_at;  // [volume] timestep of that action, or kNever.
  // [num_players][volume] the types of blocks each player has ever broken here. A block that the
  // human removed does not belong: a trace of what was tried and rejected.
  std::vector<BlockSet> broken;
  absl::InlinedVector<PlayerState, 2> players;
  int timestep = 0;
  int steps_without_progress = 0;
  // Kept up to date with `blocks` against the goal, so that similarity needs no pass over the
  // world.
  int num_matches = 0;  // Voxels equal to the goal.
  int num_clashes = 0;  // Voxels where world and goal both hold a block, but different ones.

  friend bool operator==(const State&, const State&) = default;
};

}  // namespace hod::env
