// Sequential halving as the paper has it: what is spent, on how many, and how evenly.
#include "mcts/gumbel.h"

#include <functional>

#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

// Visits of the root's actions, the most first, where there are any.
std::vector<int> RootVisits(const Search& search) {
  std::vector<int> visits;
  for (const TypeStats& type : search.root().types) {
    for (int32_t a = type.begin; a < type.end; ++a) {
      const int n = search.action(type, a).visits;
      if (n > 0) visits.push_back(n);
    }
  }
  std::sort(visits.begin(), visits.end(), std::greater<>());
  return visits;
}

SearchOptions GumbelOptions(int simulations, int considered) {
  SearchOptions options;
  options.selection = Selection::kGumbel;
  options.num_simulations = simulations;
  options.considered_actions = considered;
  return options;
}

TEST_CASE("halving gives every round the same share, and what is left to the last two") {
  const SearchOptions options = GumbelOptions(201, 16);
  const env::Game game = TinyGame(options);
  HashEvaluator evaluator(3);
  Search search;
  search.Start(options, &game, Start(game), 0, Rng(1));
  Evaluation evaluation;
  for (int i = 0; const Position* leaf = search.NextLeaf(); ++i) {
    REQUIRE(evaluator.Evaluate({leaf, 1}, {&evaluation, 1}).ok());
    REQUIRE(search.Deliver(evaluation).ok());
    if (i == 16) CHECK(RootVisits(search) == std::vector<int>(16, 1));
    if (i == 48) CHECK(RootVisits(search) == std::vector<int>(16, 3));
  }
  // 16 * 3 + 8 * 6 + 4 * 12 + 2 * 25, and 6 more.
  CHECK(RootVisits(search) == std::vector<int>{49, 49, 21, 21, 9, 9, 9, 9, 3, 3, 3, 3, 3, 3, 3, 3});
}

TEST_CASE("every simulation but the root's is spent, on no more actions than are considered") {
  Rng rng(2);
  for (int i = 0; i < 60; ++i) {
    SearchOptions options = GumbelOptions(rng.Between(1, 120), rng.Between(1, 40));
    options.max_in_flight = rng.Between(1, 8);
    const env::Game game = TinyGame(options);
    HashEvaluator evaluator(i, {.spread_human = true});
    Search search;
    search.Start(options, &game, Start(game), 0, Rng(i));
    REQUIRE(Run(search, evaluator, options.max_in_flight).ok());
    const std::vector<int> visits = RootVisits(search);
    int spent = 0;
    for (const int n : visits) spent += n;
    CHECK(spent == options.num_simulations - 1);
    CHECK(static_cast<int>(visits.size()) ==
          std::min(options.considered_actions, options.num_simulations - 1));
  }
}

TEST_CASE("Gumbel noise draws competitors as their priors say, and none leaves the best") {
  SearchOptions options = GumbelOptions(1, 1);
  options.noise_weight = 0;
  const env::Game game = TinyGame(options);
  const env::State state = Start(game);
  ConstantEvaluator evaluator([](const Position&, Evaluation& e) {
    std::fill(e.policy.begin(), e.policy.end(), 0.0f);
    e.policy[0] = 0.1f, e.policy[1] = 0.6f, e.policy[2] = 0.3f;
  });
  const auto winner = [&](uint64_t seed) {
    Search search;
    search.Start(options, &game, state, 0, Rng(seed));
    REQUIRE(Run(search, evaluator).ok());
    return std::find(search.tree().ids.begin(), search.tree().ids.end(),
                     search.result().best_action) -
           search.tree().ids.begin();
  };
  constexpr int kDraws = 3000;
  std::vector<int> wins(3, 0);
  for (int seed = 0; seed < kDraws; ++seed) ++wins.at(winner(seed));
  CHECK(wins[0] == Approx(0.1 * kDraws).margin(5 * 17));  // 17, 27 and 25: standard deviations.
  CHECK(wins[1] == Approx(0.6 * kDraws).margin(5 * 27));
  CHECK(wins[2] == Approx(0.3 * kDraws).margin(5 * 25));
  options.gumbel_noise = false;
  for (int seed = 0; seed < 20; ++seed) CHECK(winner(seed) == 1);
}

}  // namespace
}  // namespace hod::mcts
