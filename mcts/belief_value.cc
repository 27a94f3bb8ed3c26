#include "mcts/belief_value.h"

#include <algorithm>
#include <cmath>

namespace hod::mcts {
namespace {

constexpr int kArm =
    3;  // Voxels a player reaches without a step, about: reach is 4.5 from the eye.

}  // namespace

double BeliefValue::operator()(const SearchOptions& options, const Position& position,
                               Belief belief) {
  const env::Game& game = *position.game;
  const env::State& state = *position.state;
  const env::WorldSize& size = game.size();
  const Eigen::Index volume = size.Volume();
  goals_ = Eigen::Map<const Eigen::ArrayXXf>(belief.data(), volume, env::kNumBlocks);
  scratch_ = goals_.rowwise().maxCoeff();
  for (int b = 0; b < env::kNumBlocks; ++b) goals_.col(b) = (goals_.col(b) - scratch_).exp();
  scratch_ = goals_.rowwise().sum().inverse();
  for (int b = 0; b < env::kNumBlocks; ++b) goals_.col(b) *= scratch_;

  const env::Rewards& rewards = game.rewards(position.player);
  const auto paid = [&](double gain) { return gain > 0 ? gain : gain + rewards.incorrect_action; };
  const double place_block = paid(1), place_air = paid(-1), place_other = paid(rewards.place_wrong);
  const double take_block = paid(-1), take_air = paid(1), take_other = paid(-rewards.place_wrong);
  const bool teleports = game.config().abilities.teleportation;
  const env::Cell feet = state.players[position.player].feet;
  for (std::vector<float>& edits : by_distance_) edits.clear();
  for (int i = 0; i < volume; ++i) {
    const env::Block current = state.blocks[i];
    if (current == env::kBedrock || game.InPalette(i)) continue;
    const double air = goals_(i, env::kAir);
    double expected;
    if (current == env::kAir) {
      if (air > 0.5) continue;
      double block = 0;
      for (int b = env::kFirstPlaceable; b < env::kNumBlocks; ++b) {
        block = std::max<double>(block, goals_(i, b));
      }
      expected = place_block * block + place_air * air + place_other * (1 - block - air);
    } else {
      const double block = goals_(i, current);
      expected = take_block * block + take_air * air + take_other * (1 - block - air);
    }
    const double worth = options.own_reward_shift + options.own_reward_scale * expected;
    if (!(worth > 0)) continue;
    const env::Cell at = size.At(i);
    const int away =
        std::abs(at.x - feet.x) + std::abs(at.y - feet.y - 1) + std::abs(at.z - feet.z);
    const size_t steps = teleports ? 0 : std::max(0, away - kArm);
    if (by_distance_.size() <= steps) by_distance_.resize(steps + 1);
    by_distance_[steps].push_back(static_cast<float>(worth));
  }

  double value = 0;
  size_t time = 0;
  for (size_t steps = 0; steps < by_distance_.size(); ++steps) {
    std::vector<float>& edits = by_distance_[steps];
    std::sort(edits.begin(), edits.end(), std::greater<float>());
    for (const float worth : edits) {
      time = std::max(time, steps);
      value += std::pow(options.gamma, static_cast<double>(time)) * worth;
      ++time;
    }
  }
  return value;
}

}  // namespace hod::mcts
