// The test of a search option, `explore_noops`: what must hold with it, and what it must not
// change.
#include "env/game/game.h"
#include "mcts/search.h"
#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

// The visits of the no-op (flat action 0) at the root.
int NoopVisits(bool explore_noops, uint64_t seed) {
  SearchOptions options;
  options.num_simulations = 30;
  options.noise_weight = 0;
  options.explore_noops = explore_noops;
  const env::Game game = TinyGame(options);
  Search search;
  search.Start(options, &game, Start(game), /*player=*/1, Rng(seed));
  HashEvaluator evaluator(seed);
  REQUIRE(Run(search, evaluator).ok());
  for (const ActionView& action : Actions(search)) {
    if (action.id == 0) return action.visits;
  }
  return 0;
}

TEST_CASE("without explore_noops a search never tries to wait, while others may") {
  int tried = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    CHECK(NoopVisits(false, seed) == 0);
    tried += NoopVisits(true, seed);
  }
  CHECK(tried > 0);
}

}  // namespace
}  // namespace hod::mcts
