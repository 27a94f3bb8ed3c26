// The reward an action is expected to bring when the goal is known only as a posterior per voxel
// (docs/rules.md, Section 5, "Child").
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "env/game/game.h"
#include "env/game/goal_belief.h"
#include "mcts/options.h"

namespace hod::mcts {

using env::GoalDistribution;
using env::GoalLogits;
using env::LogitsAt;
using env::Softmax;

// A network's belief about the goal: logits, [kNumBlocks][volume].
using Belief = absl::Span<const float>;

// Expected similarity change when `before` becomes `after` where the goal is distributed as `goal`,
// plus incorrect_action times the probability that the change does not help.
double ExpectedChange(const GoalDistribution& goal, env::Block before, env::Block after,
                      const env::Rewards& rewards);

// Whether the action's reward depends on the goal at all: an effective place or break outside the
// palette.
inline bool DependsOnGoal(const env::Game& game, const env::Action& effective_action) {
  if (effective_action.type == env::ActionType::kBreak) {
    return !game.InPalette(effective_action.location);
  }
  return effective_action.type == env::ActionType::kPlace;
}

// The searching player's own reward as its search counts it (rules, Section 5, "Reward").
double ShapedReward(const SearchOptions& options, env::ActionType effective_type,
                    double own_reward);

// The expected goal-dependent reward of an effective action of `player` that found `before` at its
// location.
double ExpectedReward(const env::Game& game, int player, const env::Action& effective_action,
                      env::Block before, Belief belief);

// The same under the logits of the action's voxel alone. Requires DependsOnGoal().
double ExpectedReward(const env::Game& game, int player, const env::Action& effective_action,
                      env::Block before, const GoalLogits& logits);

// The same for many actions in one state. The softmax of a voxel is taken once for all actions on
// it; memory is kept between calls.
class ExpectedRewards {
 public:
  // Appends the expected reward of each of `actions` (flat ids, ascending) to `rewards`: 0 for a
  // place onto a block or of none, and for a break of none or of bedrock. False if the goal logits
  // that were needed are not finite.
  bool Append(const env::Game& game, const env::State& state, int player,
              absl::Span<const int32_t> actions, Belief belief, std::vector<float>& rewards);

 private:
  std::vector<int32_t> locations_;  // That some action changes.
  std::vector<int32_t> column_of_;  // [volume] index into locations_, or -1.
  Eigen::Array<float, Eigen::Dynamic, env::kNumBlocks> goals_;  // A row per location.
  Eigen::ArrayXf scratch_;
};

}  // namespace hod::mcts
