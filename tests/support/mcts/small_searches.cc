#include "tests/support/mcts/small_searches.h"

#include "tests/support/env/random_game.h"

namespace hod::mcts {

env::GameConfig TinyConfig() {
  env::GameConfig config;
  config.size = {4, 4, 4};
  return config;
}

env::Game TinyGame(const SearchOptions& options, const env::GameConfig& config) {
  Rng rng(9);
  return PlanningGame(env::Game(config, env::RandomGoal(config, rng)), options);
}

env::State Start(const env::Game& game) {
  Rng rng(3);
  return game.Reset(rng);
}

std::vector<ActionView> Actions(const Search& search) {
  std::vector<ActionView> actions;
  for (const Node& node : search.nodes()) {
    for (const TypeStats& type : node.types) {
      for (int32_t a = type.begin; a < type.end; ++a) actions.push_back(search.action(type, a));
    }
  }
  return actions;
}

std::vector<float> Priors(const Search& search) {
  std::vector<float> priors;
  for (const ActionView& action : Actions(search)) priors.push_back(action.prior);
  return priors;
}

std::vector<double> Fingerprint(const Search& search) {
  std::vector<double> numbers;
  for (const Node& node : search.nodes()) {
    numbers.insert(numbers.end(), {double(node.visits), node.value_sum, node.reward});
  }
  for (const ActionView& a : Actions(search)) {
    numbers.insert(numbers.end(), {double(a.id), double(a.visits), a.value_sum, a.prior});
  }
  return numbers;
}

}  // namespace hod::mcts
