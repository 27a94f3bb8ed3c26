// Exploration noise at the root.
#include <array>
#include <numeric>

#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

TEST_CASE("root noise keeps priors normalised, above their share, and on the root") {
  SearchOptions options;
  options.num_simulations = 10;
  options.noise_weight = 0;
  Rng rng(2);
  for (int i = 0; i < 60; ++i) {
    env::GameConfig config = env::RandomConfig(rng);
    config.horizon = 100000;
    options.explore_noops = i % 2 == 0;
    options.line_of_sight = !config.abilities.teleportation;
    options.type_noise_alpha = i % 3 == 0 ? 1e-3 : 0.25;  // Gamma draws that underflow, too.
    const env::Game game = PlanningGame(env::Game(config, env::RandomGoal(config, rng)), options);
    const env::State state = game.Reset(rng);
    HashEvaluator evaluator(i);
    const auto run = [&](double weight, uint64_t seed) {
      SearchOptions with_noise = options;
      with_noise.noise_weight = weight;
      Search search;
      search.Start(with_noise, &game, state, 0, Rng(seed));
      REQUIRE(Run(search, evaluator).ok());
      return search;
    };
    const Search plain = run(0, 1), noisy = run(0.25, 1), again = run(0.25, 1),
                 other = run(0.25, 2);
    CHECK(Priors(noisy) == Priors(again));
    CHECK(Priors(noisy) != Priors(plain));
    CHECK(Priors(noisy) != Priors(other));
    for (const Search* search : {&plain, &noisy, &other}) {
      for (const Node& node : search->nodes()) {
        if (!node.expanded) continue;
        double all = 0;
        for (const TypeStats& type : node.types) {
          double sum = 0;
          for (int32_t a = type.begin; a < type.end; ++a) sum += search->action(type, a).prior;
          CHECK(sum == Approx(type.prior).margin(1e-5));
          all += sum;
        }
        CHECK(all == Approx(1.0).epsilon(1e-5));
      }
    }
    const std::vector<float> before = Priors(plain), after = Priors(noisy);
    for (int32_t a = 0; a < plain.root().types[9].end; ++a) {
      CHECK(after[a] >= 0.75 * 0.75 * before[a] * 0.9999);
    }
    if (!options.explore_noops) CHECK(after[0] == 0);
  }
}

TEST_CASE("root noise has the mean of the uniform distribution, over types and within them") {
  SearchOptions options;
  options.num_simulations = 1;
  options.noise_weight = 1.0;
  options.line_of_sight = false;
  const env::Game game = TinyGame(options);
  const env::State state = Start(game);
  ConstantEvaluator evaluator;
  std::array<double, env::kNumActionTypes> type_means{};
  std::vector<double> means;
  constexpr int kDraws = 3000;
  int types = 0;
  for (int seed = 0; seed < kDraws; ++seed) {
    Search search;
    search.Start(options, &game, state, 0, Rng(seed));
    REQUIRE(Run(search, evaluator).ok());
    types = 0;
    for (int t = 0; t < env::kNumActionTypes; ++t) {
      const TypeStats& type = search.root().types[t];
      types += type.begin < type.end;
      type_means[t] += type.prior / kDraws;
    }
    const std::vector<float> priors = Priors(search);
    means.resize(priors.size());
    for (size_t a = 0; a < means.size(); ++a) means[a] += priors[a] / kDraws;
  }
  for (const double mean : type_means) {
    if (mean > 0) CHECK(mean == Approx(1.0 / types).epsilon(0.15));
  }
  CHECK(std::accumulate(means.begin(), means.end(), 0.0) == Approx(1.0).epsilon(1e-4));
}

}  // namespace
}  // namespace hod::mcts
