// The reward an action is expected to bring when the goal is known only as a posterior per voxel
// (docs/rules.md, Section 5, "Child").
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "env/game/game.h"

namespace hod::mcts {

using GoalDistribution = std::array<float, env::kNumBlocks>;

// Softmax of the goal logits ([kNumBlocks][volume]) at one voxel.
GoalDistribution GoalAt(absl::Span<const float> goal_logits, int volume, int location);

// Expected similarity change when `before` becomes `after` where the goal is distributed as `goal`,
// plus incorrect_action times the probability that the change does not help.
double ExpectedChange(const GoalDistribution& goal, env::Block before, env::Block after,
                      const env::Rewards& rewards);

// Whether the action's reward depends on the goal at all: an effective place or break outside the
// palette.
bool DependsOnGoal(const env::Game& game, const env::Action& effective_action);

// The expected goal-dependent reward of an effective action of `player` that found `before` at its
// location.
double ExpectedReward(const env::Game& game, int player, const env::Action& effective_action,
                      env::Block before, absl::Span<const float> goal_logits);

// The same for many actions in one state. The softmax of a voxel is taken once for all actions on
// it; memory is kept between calls.
class ExpectedRewards {
 public:
  // Appends the expected reward of each of `actions` (flat ids, ascending) to `rewards`: 0 for a
  // place onto a block and a break of none. False if the goal logits that were needed are not
  // finite.
  bool Append(const env::Game& game, const env::State& state, int player,
              absl::Span<const int32_t> actions, absl::Span<const float> goal_logits,
              std::vector<float>& rewards);

 private:
  std::vector<int32_t> locations_;  // That some action changes.
  std::vector<int32_t> column_of_;  // [volume] index into locations_, or -1.
  Eigen::Array<float, env::kNumBlocks, Eigen::Dynamic, Eigen::RowMajor> goals_;
};

}  // namespace hod::mcts
