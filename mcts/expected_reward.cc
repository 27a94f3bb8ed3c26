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

bool ExpectedRewards::Append(const env::Game& game, const env::State& state, int player,
                             absl::Span<const int32_t> actions, absl::Span<const float> goal_logits,
                             std::vector<float>& rewards) {
  const env::ActionSpace& space = game.actions();
  const int volume = game.size().Volume();
  column_of_.resize(volume, -1);
  locations_.clear();
  space.ForEach(actions, [&](size_t, const env::Action& action) {
    if (!DependsOnGoal(game, action) || column_of_[action.location] >= 0) return;
    column_of_[action.location] = static_cast<int32_t>(locations_.size());
    locations_.push_back(action.location);
  });

  goals_.resize(Eigen::NoChange, static_cast<Eigen::Index>(locations_.size()));
  for (int b = 0; b < env::kNumBlocks; ++b) {
    float* const row = goals_.data() + b * locations_.size();
    const float* const logits = goal_logits.data() + static_cast<size_t>(b) * volume;
    for (size_t k = 0; k < locations_.size(); ++k) row[k] = logits[locations_[k]];
  }
  const Eigen::Array<float, 1, Eigen::Dynamic> highest = goals_.colwise().maxCoeff();
  goals_ = (goals_.rowwise() - highest).exp();
  const Eigen::Array<float, 1, Eigen::Dynamic> sum = goals_.colwise().sum();
  goals_.rowwise() /= sum;

  // Where a block goes into air or is taken out, all goals but the two blocks are alike.
  const env::Rewards& table = game.rewards(player);
  const auto change = [&](env::Block before, env::Block after, env::Block wanted) {
    return env::Game::Similarity(after, wanted, table.place_wrong) -
           env::Game::Similarity(before, wanted, table.place_wrong);
  };
  const auto expected = [&](env::Block before, env::Block after, Eigen::Index column) {
    const env::Block block = before == env::kAir ? after : before;
    const env::Block other = block == env::kDirt ? env::kWool : env::kDirt;
    const double p_before = goals_(before, column), p_after = goals_(after, column);
    double sum = 0;
    const auto add = [&](double probability, double gain) {
      sum += probability * (gain > 0 ? gain : gain + table.incorrect_action);
    };
    add(p_after, change(before, after, after));
    add(p_before, change(before, after, before));
    add(1 - p_before - p_after, change(before, after, other));
    return static_cast<float>(sum);
  };
  rewards.reserve(rewards.size() + actions.size());
  space.ForEach(actions, [&](size_t, const env::Action& action) {
    if (!DependsOnGoal(game, action)) {
      rewards.push_back(0);
      return;
    }
    const env::Block before = state.blocks[action.location];
    const bool places = action.type == ActionType::kPlace;
    const bool possible = (before == env::kAir) == places && before != env::kBedrock;
    const env::Block after = places ? action.block : env::kAir;
    rewards.push_back(possible ? expected(before, after, column_of_[action.location]) : 0);
  });
  for (const int32_t location : locations_) column_of_[location] = -1;
  return locations_.empty() || std::isfinite(goals_.sum());
}

}  // namespace hod::mcts
