// The rules of the game for one goal: how an episode starts and what a joint action does.
// Section numbers refer to docs/rules.md. Masks are in action_mask.h, observations in
// observation.h.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/base/random.h"
#include "env/game/actions.h"
#include "env/game/config.h"
#include "env/game/state.h"

namespace hod::env {

// What one player's part of a step came to.
struct PlayerOutcome {
  double reward = 0.0;          // What the player receives: own and total mixed by own_reward_prop.
  double own_reward = 0.0;      // goal_dependent + goal_independent.
  double goal_dependent = 0.0;  // Change of similarity, and incorrect_action.
  double goal_independent = 0.0;  // noop, action and get_resources.
  Action effective_action;        // The action if it had an effect, else noop.
  bool correct = false;           // It had an effect and did not lower the similarity.
  double goal_percentage =
      0.0;  // After all actions; 1 when the goal stands; may be negative or NaN.
};

struct StepOutcome {
  absl::InlinedVector<PlayerOutcome, 2> players;
  int goal_similarity = 0;  // Voxels equal to the goal after all actions.
  bool horizon_reached = false;
  bool goal_completed = false;  // Only with terminate_on_goal_completion.
  bool no_progress = false;     // Only with truncate_on_no_progress_timesteps.
  bool done() const { return horizon_reached || goal_completed || no_progress; }
};

// What a step changed, from which it can be taken back and taken again at the cost of the bytes
// that differ: a search walks most of its edges many times, and asks the rules only once.
struct StepChange {
  struct VoxelState {
    Block block;
    int8_t last_interacted;
    BlockSet broken;  // Types that `player` broke.
    int32_t interacted_at;
  };
  struct VoxelChange {
    int32_t location;
    int32_t player;
    VoxelState before, after;
  };
  struct PlayerState {
    Cell feet;
    double best_percentage;
    Action last_action;
  };
  struct PlayerChange {
    PlayerState before, after;
  };
  struct Counters {
    int timestep, steps_without_progress, num_matches, num_clashes;
  };
  absl::InlinedVector<VoxelChange, 2> voxels;  // Ordered as they were made.
  absl::InlinedVector<PlayerChange, 2> players;
  Counters counters_before, counters_after;
  std::vector<Inventory> inventories_before, inventories_after;  // Only where blocks are finite.
};

class Game {
 public:
  // `goal` is [volume], as from GoalWithPalette(). `global_timestep` fixes the reward schedules.
  // Requires Validate(config) to be ok and goal.size() == volume.
  Game(GameConfig config, std::vector<Block> goal, int64_t global_timestep = 0);

  const GameConfig& config() const { return config_; }
  const WorldSize& size() const { return config_.size; }
  const ActionSpace& actions() const { return actions_; }
  const std::vector<Block>& goal() const { return goal_; }
  const Rewards& rewards(int player) const { return rewards_[player]; }
  int64_t global_timestep() const { return global_timestep_; }
  int num_players() const { return config_.num_players(); }

  // The start of an episode (Section 3, "Reset").
  State Reset(Rng& rng) const;
  // An episode that starts from the given world. Fills every derived field. `state` needs blocks,
  // players' feet and inventories; empty last_interacted, interacted_at and
  // broken mean "never touched".
  State Begin(State state) const;

  // Plays one action per player, in place. Any action is accepted: one that breaks the rules has no
  // effect. Requires actions.size() == num_players(), and types, locations and blocks in range (see
  // CheckActions). `change` may be null.
  StepOutcome Step(State& state, absl::Span<const Action> actions,
                   StepChange* change = nullptr) const;
  // Takes back the step that led to `state`.
  void Undo(State& state, const StepChange& change) const;
  // Takes the step again from the state it was taken from.
  void Redo(State& state, const StepChange& change) const;

  // Checks actions from outside: names the player and the field that is out of range. Fields that a
  // type does not use have to be 0, or its flat id would be another's.
  absl::Status CheckActions(absl::Span<const Action> actions) const;

  double GoalPercentage(const State& state, int player) const;
  // Reward table similarity of a voxel that holds `current` where the goal wants `goal`.
  static double Similarity(Block current, Block goal, double place_wrong) {
    if (current == goal) return 1.0;
    return current != kAir && goal != kAir ? place_wrong : 0.0;
  }
  // Whether somebody but `player` has removed such a block from the voxel.
  bool RemovedByOthers(const State& state, int player, int location, Block block) const {
    const size_t volume = state.blocks.size();
    for (int other = 0; other < num_players(); ++other) {
      if (other != player && (state.broken[other * volume + location] >> block & 1) != 0) {
        return true;
      }
    }
    return false;
  }
  // True in the plane where a game with finite blocks keeps its palette.
  bool InPalette(int location) const {
    return !config_.abilities.inf_blocks && location >= palette_begin_;
  }

 private:
  void Act(State& state, int player, const Action& action, PlayerOutcome& out,
           StepChange* change) const;
  bool PlaceOrBreak(State& state, int player, const Action& action, StepChange* change) const;
  bool CanReach(const State& state, int player, const Action& action) const;
  bool Move(State& state, int player, ActionType type) const;
  bool Give(State& state, int player, const Action& action) const;
  void SetBlock(State& state, int location, Block block) const;
  double SimilaritySum(const State& state, int player) const;

  GameConfig config_;
  ActionSpace actions_;
  std::vector<Block> goal_;
  int64_t global_timestep_;
  std::vector<Rewards> rewards_;
  int palette_begin_;
};

// The world before anyone builds: bedrock at y = 0, dirt at y = 1, air above.
std::vector<Block> EmptyWorld(const WorldSize& size);

// Extents a house may have in this game: (w-2, h-2, d-2), with finite blocks (w-3, h-2, d-2).
WorldSize MaxHouseSize(const GameConfig& config);

// Where the lowest corner of a house is in the world, so that its lowest layer replaces the dirt.
inline constexpr Cell kHouseCorner = {1, 1, 1};

// The goal array for a house (`house` is [w'][h'][d'] of extents `house_size`, at most
// MaxHouseSize): the empty world with the house written from kHouseCorner; plus the palette with
// finite blocks.
std::vector<Block> GoalFromHouse(const GameConfig& config, const WorldSize& house_size,
                                 absl::Span<const Block> house);

}  // namespace hod::env
