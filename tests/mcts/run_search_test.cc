// A search within a budget of time: full batches, no late end, and the same search without a limit.
#include "mcts/run_search.h"

#include <numeric>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"
#include "tests/support/mcts/evaluators.h"

namespace hod::mcts {
namespace {

constexpr int kInFlight = 8;

// Time passes only while a batch is evaluated: `fixed` for the batch and `per_leaf` for each leaf.
class SlowEvaluator : public Evaluator {
 public:
  SlowEvaluator(absl::Duration fixed, absl::Duration per_leaf)
      : fixed_(fixed), per_leaf_(per_leaf) {}

  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override {
    const absl::Duration warm_up = batches.empty() ? first_batch_extra : absl::ZeroDuration();
    elapsed += warm_up + fixed_ + per_leaf_ * static_cast<double>(positions.size());
    batches.push_back(static_cast<int>(positions.size()));
    return network_.Evaluate(positions, evaluations);
  }

  SearchLimits Within(absl::Duration time) {
    return {.time = time, .now = [this] { return MonotonicTime() + elapsed; }};
  }

  absl::Duration first_batch_extra;
  absl::Duration elapsed;
  std::vector<int> batches;  // Their sizes.

 private:
  absl::Duration fixed_, per_leaf_;
  ConstantEvaluator network_;  // Its human may do anything: leaves hardly ever coincide.
};

// A search just started, with the game it needs.
struct Started {
  explicit Started(int num_simulations, int in_flight = kInFlight)
      : game(MakeGame()), state(MakeState(game)) {
    SearchOptions options;
    options.num_simulations = num_simulations;
    options.max_in_flight = in_flight;
    search.Start(options, &game, state, 0, Rng(4));
  }
  static env::Game MakeGame() {
    env::GameConfig config;
    config.size = {5, 5, 5};
    Rng rng(9);
    return PlanningGame(env::Game(config, env::RandomGoal(config, rng)), {});
  }
  static env::State MakeState(const env::Game& game) {
    Rng rng(3);
    return game.Reset(rng);
  }

  env::Game game;
  env::State state;
  Search search;
};

constexpr int kMany = 100000;
const absl::Duration kMs = absl::Milliseconds(1);

TEST_CASE("Without a limit every simulation is made, as by a plain loop") {
  Started limited(50, 1), plain(50, 1);
  HashEvaluator network(5);
  REQUIRE(RunSearch(limited.search, network, {}).ok());
  REQUIRE(Run(plain.search, network).ok());
  CHECK(limited.search.root().visits == 50);
  CHECK(limited.search.result().policy == plain.search.result().policy);
  CHECK(limited.search.result().root_value == plain.search.result().root_value);
}

TEST_CASE("A search ends within its time, and its batches are full") {
  for (const int fixed : {0, 5, 20}) {
    INFO("a batch costs " << fixed << " ms and 1 ms a leaf");
    Started started(kMany);
    SlowEvaluator evaluator(fixed * kMs, kMs);
    REQUIRE(RunSearch(started.search, evaluator, evaluator.Within(200 * kMs)).ok());
    CHECK(started.search.done());
    CHECK(evaluator.elapsed <= 200 * kMs);
    CHECK(evaluator.elapsed > 200 * kMs - (fixed + kInFlight) * kMs);
    // The root comes alone, and the last batch is what still fits.
    std::vector<int> full = evaluator.batches;
    CHECK(full.front() == 1);
    full.erase(full.begin());
    full.pop_back();
    CHECK(full.size() >= 3);
    CHECK(full == std::vector<int>(full.size(), kInFlight));
    CHECK(started.search.root().visits ==
          std::accumulate(evaluator.batches.begin(), evaluator.batches.end(), 0));
  }
}

TEST_CASE("However short the time, the root is evaluated and gives a policy") {
  for (const absl::Duration time : {absl::ZeroDuration(), -kMs, 3 * kMs}) {
    Started started(kMany);
    SlowEvaluator evaluator(kMs, kMs);
    REQUIRE(RunSearch(started.search, evaluator, evaluator.Within(time)).ok());
    CHECK(started.search.done());
    CHECK(evaluator.batches == std::vector<int>{1});
    CHECK_FALSE(started.search.result().policy.empty());
  }
}

TEST_CASE("After a slow first batch the next are small until the pace is known") {
  Started started(kMany);
  SlowEvaluator evaluator(absl::ZeroDuration(), kMs);
  evaluator.first_batch_extra = 29 * kMs;
  REQUIRE(RunSearch(started.search, evaluator, evaluator.Within(100 * kMs)).ok());
  CHECK(evaluator.batches[1] == 2);  // 30 ms a leaf, 70 ms left.
  CHECK(evaluator.batches[2] == kInFlight);
  CHECK(evaluator.elapsed <= 100 * kMs);
}

TEST_CASE("The search's own limit holds within the time") {
  Started started(30);
  SlowEvaluator evaluator(kMs, kMs);
  REQUIRE(RunSearch(started.search, evaluator, evaluator.Within(absl::Hours(1))).ok());
  CHECK(started.search.root().visits == 30);
}

TEST_CASE("An error of the evaluator or about its evaluation ends the search") {
  class Failing : public Evaluator {
    absl::Status Evaluate(absl::Span<const Position>, absl::Span<Evaluation>) override {
      return absl::InternalError("out of order");
    }
  } failing;
  Started started(30);
  CHECK(RunSearch(started.search, failing, {}).message() == "out of order");
  ConstantEvaluator wrong([](const Position&, Evaluation& out) { out.goal_logits.clear(); });
  Started other(30);
  CHECK_FALSE(RunSearch(other.search, wrong, {}).ok());
}

}  // namespace
}  // namespace hod::mcts
