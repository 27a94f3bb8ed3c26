#include "mcts/expected_reward.h"

#include <algorithm>
#include <cmath>

namespace hod::mcts {

using env::ActionType;

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

double ShapedReward(const SearchOptions& options, ActionType effective_type, double own_reward) {
  if (effective_type != ActionType::kPlace && effective_type != ActionType::kBreak) {
    return own_reward;
  }
  return options.own_reward_shift + options.own_reward_scale * own_reward;
}

double ExpectedReward(const env::Game& game, int player, const env::Action& action,
                      env::Block before, Belief belief) {
  if (!DependsOnGoal(game, action)) return 0;
  return ExpectedReward(game, player, action, before,
                        LogitsAt(belief, game.size().Volume(), action.location));
}

double ExpectedReward(const env::Game& game, int player, const env::Action& action,
                      env::Block before, const GoalLogits& logits) {
  const env::Block after = action.type == ActionType::kPlace ? action.block : env::kAir;
  return ExpectedChange(Softmax(logits), before, after, game.rewards(player));
}

bool ExpectedRewards::Append(const env::Game& game, const env::State& state, int player,
                             absl::Span<const int32_t> actions, Belief belief,
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

  // Softmax over blocks, all voxels at once.
  const auto columns = static_cast<Eigen::Index>(locations_.size());
  goals_.resize(columns, Eigen::NoChange);
  for (int b = 0; b < env::kNumBlocks; ++b) {
    float* const goal = goals_.col(b).data();
    const float* const logits = belief.data() + static_cast<size_t>(b) * volume;
    for (size_t k = 0; k < locations_.size(); ++k) goal[k] = logits[locations_[k]];
  }
  scratch_ = goals_.col(0);
  for (int b = 1; b < env::kNumBlocks; ++b) scratch_ = scratch_.max(goals_.col(b));
  for (int b = 0; b < env::kNumBlocks; ++b) goals_.col(b) = (goals_.col(b) - scratch_).exp();
  scratch_ = goals_.rowwise().sum().inverse();
  for (int b = 0; b < env::kNumBlocks; ++b) goals_.col(b) *= scratch_;

  // Where a block goes into air or is taken out, all goals but that block and air are alike.
  const env::Rewards& table = game.rewards(player);
  const auto paid = [&](double gain) {
    return static_cast<float>(gain > 0 ? gain : gain + table.incorrect_action);
  };
  struct Gains {
    float block, air, other;  // Named by what the goal wants.
  };
  const Gains place = {paid(1), paid(-1), paid(table.place_wrong)};
  const Gains take = {paid(-1), paid(1), paid(-table.place_wrong)};
  rewards.reserve(rewards.size() + actions.size());
  space.ForEach(actions, [&](size_t, const env::Action& action) {
    const env::Block before = state.blocks[action.location];
    const bool places = action.type == ActionType::kPlace;
    const bool possible = places ? before == env::kAir && action.block >= env::kFirstPlaceable
                                 : before != env::kAir && before != env::kBedrock;
    if (!possible || !DependsOnGoal(game, action)) {
      rewards.push_back(0);
      return;
    }
    const Gains& gains = places ? place : take;
    const int32_t column = column_of_[action.location];
    const float block = goals_(column, places ? action.block : before);
    const float air = goals_(column, env::kAir);
    rewards.push_back(gains.block * block + gains.air * air + gains.other * (1 - block - air));
  });
  for (const int32_t location : locations_) column_of_[location] = -1;
  return std::isfinite(scratch_.sum());
}

}  // namespace hod::mcts
