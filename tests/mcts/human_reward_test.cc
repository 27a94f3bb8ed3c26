// Centred rewards of the human: the same on average, and closer to it.
#include <cmath>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

struct Moments {
  double mean = 0, variance = 0;
};

template <typename Sample>
Moments Estimate(int count, const Sample& sample) {
  double sum = 0, squares = 0;
  for (int i = 0; i < count; ++i) {
    const double x = sample(i);
    sum += x;
    squares += x * x;
  }
  const double mean = sum / count;
  return {mean, squares / count - mean * mean};
}

TEST_CASE("centred rewards have the mean of sampled ones and a smaller variance") {
  SearchOptions options;
  options.num_simulations = 30;
  options.noise_weight = 0;
  options.selection = Selection::kFlat;
  options.c_puct = {1e12};  // Values are lost beside it: both kinds of search try the same actions.
  env::GameConfig config = TinyConfig();
  for (env::PlayerConfig& player : config.players) player.rewards.own_reward_prop = 0.0;
  const env::Game game = TinyGame(options, config);
  const env::State state = Start(game);
  std::vector<int32_t> human_actions;
  env::ValidActions(game, state, 0, true, human_actions);
  ConstantEvaluator evaluator([&](const Position& position, Evaluation& e) {
    e.human_policy.clear();
    for (size_t i = 0; i < human_actions.size(); i += human_actions.size() / 8) {
      e.human_policy.push_back({human_actions[i], 1.0f});
    }
    // A belief that changes a little with every step.
    for (size_t k = 0; k < e.goal_logits.size(); ++k) {
      const auto at = static_cast<double>(k);
      e.goal_logits[k] = static_cast<float>(2 * std::sin(12.9898 * at) +
                                            0.5 * std::sin(78.233 * at + position.state->timestep));
    }
  });
  constexpr int kSearches = 400;
  const auto root_values = [&](HumanReward human_reward, uint64_t first_seed) {
    options.human_reward = human_reward;
    Search search;
    return Estimate(kSearches, [&](int i) {
      search.Start(options, &game, state, 1, Rng(first_seed + i));
      REQUIRE(Run(search, evaluator).ok());
      return search.result().root_value;
    });
  };
  const Moments sampled = root_values(HumanReward::kSampled, 0);
  const Moments centred = root_values(HumanReward::kCentred, kSearches);
  INFO("sampled " << sampled.mean << " variance " << sampled.variance << ", centred "
                  << centred.mean << " variance " << centred.variance);
  const double error = std::sqrt((sampled.variance + centred.variance) / kSearches);
  CHECK(std::abs(sampled.mean - centred.mean) < 4 * error);
  CHECK(centred.variance < 0.5 * sampled.variance);
}

}  // namespace
}  // namespace hod::mcts
