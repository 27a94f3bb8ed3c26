// Searches on many threads at once. Run it under HOD_SANITIZE=thread.
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

TEST_CASE("searches on several threads come to what they come to on one") {
  constexpr int kThreads = 4, kSearches = 6;
  SearchOptions options;
  options.num_simulations = 60;
  options.max_in_flight = 4;
  options.reward_prior_weight = 0.5;
  const env::Game game = TinyGame(options);  // Shared, as nobody changes it.
  const env::State state = Start(game);
  // Runs one search after another, with a Search of its own.
  const auto run_all = [&] {
    std::vector<std::vector<double>> prints;
    Search search;
    for (int i = 0; i < kSearches; ++i) {
      SearchOptions varied = options;
      varied.selection = static_cast<Selection>(i % 4);
      HashEvaluator evaluator(i, {.spread_human = true});
      search.Start(varied, &game, state, i % 2, Rng(i));
      if (!Run(search, evaluator, varied.max_in_flight).ok()) continue;
      prints.push_back(Fingerprint(search));
    }
    return prints;
  };
  std::vector<std::vector<std::vector<double>>> results(kThreads);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = run_all(); });
  for (std::thread& thread : threads) thread.join();
  const auto expected = run_all();
  CHECK(expected.size() == kSearches);
  for (const auto& result : results) CHECK((result == expected));
}

}  // namespace
}  // namespace hod::mcts
