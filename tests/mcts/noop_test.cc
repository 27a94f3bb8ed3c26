// Noops that are explored or not, and positions where there is nothing else.
#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

TEST_CASE("noops that are not explored keep their prior, and no simulation") {
  SearchOptions options;
  options.explore_noops = false;
  options.num_simulations = 80;
  options.temperature = 1.0;
  const env::Game game = TinyGame(options);
  ConstantEvaluator evaluator([](const Position&, Evaluation& e) { e.policy[0] = 0.5f; });
  Search search;
  search.Start(options, &game, Start(game), 0, Rng(1));
  REQUIRE(Run(search, evaluator).ok());
  for (const Node& node : search.nodes()) {
    if (node.expanded) CHECK(node.types[0].visits == 0);
  }
  std::vector<int32_t> valid;
  env::ValidActions(game, Start(game), 0, true, valid);
  const double others = static_cast<double>(valid.size() - 1) / game.actions().num_actions();
  const SearchResult result = search.result();
  REQUIRE(result.policy.front().first == 0);
  CHECK(result.policy.front().second == Approx(0.5 / (0.5 + others)).epsilon(1e-4));
  double sum = 0;
  for (const auto& [id, p] : result.policy) sum += p;
  CHECK(sum == Approx(1.0));
}

TEST_CASE("where noop is all there is, it is played") {
  env::GameConfig config = TinyConfig();
  config.players.resize(1);
  env::State state;
  state.blocks.assign(config.size.Volume(), env::kBedrock);
  state.players.resize(1);
  state.players[0].feet = {1, 1, 1};
  state.blocks[config.size.Index({1, 1, 1})] = env::kAir;
  state.blocks[config.size.Index({1, 2, 1})] = env::kAir;
  for (const bool explore_noops : {true, false}) {
    for (const int simulations : {1, 30}) {
      SearchOptions options;
      options.explore_noops = explore_noops;
      options.num_simulations = simulations;
      const env::Game game = TinyGame(options, config);
      HashEvaluator evaluator(1);
      Search search;
      search.Start(options, &game, game.Begin(state), 0, Rng(1));
      REQUIRE(Run(search, evaluator).ok());
      CHECK(search.result().best_action == 0);
      CHECK(search.result().policy == Policy{{0, 1.0f}});
      CHECK(search.root().types[0].visits == simulations - 1);
    }
  }
}

TEST_CASE("mass on noop alone does not stop a search that leaves noops out") {
  SearchOptions options;
  options.explore_noops = false;
  options.num_simulations = 20;
  const env::Game game = TinyGame(options);
  ConstantEvaluator evaluator([](const Position&, Evaluation& e) {
    e.policy.assign(e.policy.size(), 0.0f);
    e.policy[0] = 1.0f;
  });
  for (const Selection selection :
       {Selection::kBilevel, Selection::kBilevelUnscaled, Selection::kFlat}) {
    options.selection = selection;
    Search search;
    search.Start(options, &game, Start(game), 0, Rng(1));
    REQUIRE(Run(search, evaluator).ok());
    CHECK(search.result().best_action == 0);
    CHECK(search.root().types[0].visits == 0);
  }
}

}  // namespace
}  // namespace hod::mcts
