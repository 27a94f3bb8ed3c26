#include "mcts/expected_reward.h"

#include <algorithm>
#include <cmath>

namespace hod::mcts {

using env::ActionType;

GoalDistribution GoalAt(absl::Span<const float> goal_logits, int volume, int location) {
  GoalDistribution goal;
  float highest = goal_logits[location];
  for (int b = 0; b < env::kNumBlocks; ++b) {
    goal[b] = goal_logits[b * volume + location];
    highest = std::max(highest, goal[b]);
  }
  float sum = 0;
  for (float& p : goal) sum += p = std::exp(p - highest);
  for (float& p : goal) p /= sum;
  return goal;
}

double ExpectedChange(const GoalDistribution& goal, env::Block before, env::Block after,
                      const env::Rewards& rewards) {
  double expected = 0, useless = 0;
  for (int g = 0; g < env::kNumBlocks; ++g) {
    const auto wanted = static_cast<env::Block>(g);
    const double change = env::Game::Similarity(after, wanted, rewards.place_wrong) -
                          env::Game::Similarity(before, wanted, rewards.place_wrong);
    expected += change * goal[g];
    if (!(change > 0)) useless += goal[g];
  }
  return expected + rewards.incorrect_action * useless;
}

bool DependsOnGoal(const env::Game& game, const env::Action& action) {
  if (action.type == ActionType::kBreak) return !game.InPalette(action.location);
  return action.type == ActionType::kPlace;
}

double ExpectedReward(const env::Game& game, int player, const env::Action& action,
                      env::Block before, absl::Span<const float> goal_logits) {
  if (!DependsOnGoal(game, action)) return 0;
  const GoalDistribution goal = GoalAt(goal_logits, game.size().Volume(), action.location);
  const env::Block after = action.type == ActionType::kPlace ? action.block : env::kAir;
  return ExpectedChange(goal, before, after, game.rewards(player));
}

}  // namespace hod::mcts
