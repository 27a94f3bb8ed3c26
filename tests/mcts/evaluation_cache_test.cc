// A cache answers what it knows, and only that.
#include "mcts/evaluation_cache.h"

#include <functional>
#include <set>
#include <thread>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

// Counts what it is asked; fails while told to.
class Watched : public Evaluator {
 public:
  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override {
    if (fail) return absl::InternalError("no network");
    for (const Position& position : positions) asked.push_back(position.state->timestep);
    return inner_.Evaluate(positions, evaluations);
  }

  std::vector<int> asked;  // Timesteps.
  bool fail = false;

 private:
  HashEvaluator inner_{3};
};

// States of one game that differ in their timestep.
class Positions {
 public:
  explicit Positions(int count) : game_(TinyGame({})), states_(count, Start(game_)) {
    env::ValidActions(game_, states_[0], 0, true, valid_);
    for (int i = 0; i < count; ++i) states_[i].timestep = i;
  }
  Position operator[](int i) const { return {&game_, &states_[i], 0, valid_}; }
  std::vector<Position> Batch(const std::vector<int>& numbers) const {
    std::vector<Position> batch;
    for (const int i : numbers) batch.push_back((*this)[i]);
    return batch;
  }

 private:
  env::Game game_;
  std::vector<env::State> states_;
  std::vector<int32_t> valid_;
};

struct Cached {
  explicit Cached(size_t capacity, std::function<uint64_t(absl::string_view)> hash = HashOf)
      : inner(new Watched), cache(std::unique_ptr<Evaluator>(inner), capacity, std::move(hash)) {}

  // Evaluates and compares with what an evaluator without a cache says.
  void Ask(const Positions& positions, const std::vector<int>& numbers) {
    const std::vector<Position> batch = positions.Batch(numbers);
    std::vector<Evaluation> evaluations(batch.size()), expected(batch.size());
    REQUIRE(cache.Evaluate(batch, absl::MakeSpan(evaluations)).ok());
    HashEvaluator plain(3);
    REQUIRE(plain.Evaluate(batch, absl::MakeSpan(expected)).ok());
    for (size_t i = 0; i < batch.size(); ++i) CHECK(Same(evaluations[i], expected[i]));
  }
  static bool Same(const Evaluation& a, const Evaluation& b) {
    const auto same_action = [](const LikelyAction& x, const LikelyAction& y) {
      return x.id == y.id && x.probability == y.probability;
    };
    return a.policy == b.policy && a.value == b.value && a.goal_logits == b.goal_logits &&
           std::equal(a.human_policy.begin(), a.human_policy.end(), b.human_policy.begin(),
                      b.human_policy.end(), same_action);
  }

  Watched* inner;
  EvaluationCache cache;
};

TEST_CASE("only unknown positions of a batch reach the inner evaluator") {
  const Positions positions(6);
  Cached c(100);
  c.Ask(positions, {0, 1, 2});
  CHECK(c.inner->asked == std::vector<int>{0, 1, 2});
  c.inner->asked.clear();
  c.Ask(positions, {1, 3, 0, 4});
  CHECK(c.inner->asked == std::vector<int>{3, 4});
  c.inner->asked.clear();
  c.Ask(positions, {4, 3, 2, 1, 0});
  CHECK(c.inner->asked.empty());
  CHECK(c.cache.counts().known == 7);
  CHECK(c.cache.counts().evaluated == 5);
}

TEST_CASE("the positions not met for longest are forgotten") {
  const Positions positions(6);
  Cached c(3);
  c.Ask(positions, {0, 1, 2});
  c.Ask(positions, {0});
  c.Ask(positions, {3});  // Takes the place of 1.
  c.inner->asked.clear();
  c.Ask(positions, {0, 2, 3});
  CHECK(c.inner->asked.empty());
  c.Ask(positions, {1});
  CHECK(c.inner->asked == std::vector<int>{1});
  // A batch larger than the cache, of which it knows nothing.
  const Positions others(12);
  c.Ask(others, {6, 7, 8, 9, 10, 11});
  c.inner->asked.clear();
  c.Ask(others, {9, 10, 11});
  CHECK(c.inner->asked.empty());
}

TEST_CASE("positions with the same hash are not taken for each other") {
  const Positions positions(4);
  Cached c(100, [](absl::string_view) { return 7; });
  c.Ask(positions, {0, 1, 2});
  c.Ask(positions, {2, 1, 0, 3});
  CHECK(c.cache.counts().known == 1);  // The last of those with the hash.
  Cached two(2, [](absl::string_view key) { return HashOf(key) % 2; });
  for (int i = 0; i < 20; ++i) two.Ask(positions, {i % 4, (i + i / 4) % 4});
}

TEST_CASE("nothing is remembered of a batch that failed") {
  const Positions positions(2);
  Cached c(100);
  c.Ask(positions, {0});
  c.inner->fail = true;
  std::vector<Evaluation> evaluations(2);
  const absl::Status status =
      c.cache.Evaluate(positions.Batch({0, 1}), absl::MakeSpan(evaluations));
  CHECK(status.message() == "no network");
  CHECK_FALSE(c.cache.Evaluate(positions.Batch({0, 1}), absl::MakeSpan(evaluations).first(1)).ok());
  c.inner->fail = false;
  c.Ask(positions, {1});
  CHECK(c.inner->asked == std::vector<int>{0, 1});
}

TEST_CASE("a key holds all that an evaluator may see, and the goal only if the player does") {
  env::GameConfig config = TinyConfig();
  config.players[1].goal_visible = false;
  config.abilities.inf_blocks = false;
  Rng rng(4);
  const std::vector<env::Block> goal = env::RandomGoal(config, rng);
  const env::Game game(config, goal);
  const env::State state = Start(game);
  std::vector<int32_t> valid = {0, 1, 2};
  const Position position = {&game, &state, 1, valid};
  const std::string key = KeyOf(position);
  CHECK(KeyOf(position) == key);

  const std::vector<std::function<void(env::State&)>> changes = {
      [](env::State& s) { s.blocks[40] ^= 1; },
      [](env::State& s) { s.last_interacted[3] = 1; },
      [](env::State& s) { s.interacted_at[3] = 1; },
      [](env::State& s) { s.broken[70] = 4; },
      [](env::State& s) { ++s.players[0].feet.x; },
      [](env::State& s) { s.players[1].inventory.Add(env::kWool, 1); },
      [](env::State& s) { s.players[1].initial_similarity += 1; },
      [](env::State& s) { s.players[1].best_percentage += 1; },
      [](env::State& s) { s.players[0].last_action.type = env::ActionType::kBreak; },
      [](env::State& s) { s.players[0].last_action.location = 3; },
      [](env::State& s) { s.players[0].last_action.block = env::kFirstPlaceable; },
      [](env::State& s) { ++s.timestep; },
      [](env::State& s) { ++s.steps_without_progress; },
      [](env::State& s) { ++s.num_matches; },
      [](env::State& s) { ++s.num_clashes; }};
  std::set<std::string> keys = {key};
  for (const auto& change : changes) {
    env::State other = state;
    change(other);
    keys.insert(KeyOf({&game, &other, 1, valid}));
  }
  const std::vector<int32_t> fewer = {0, 2};
  keys.insert(KeyOf({&game, &state, 1, fewer}));
  keys.insert(KeyOf({&game, &state, 0, valid}));
  env::GameConfig longer = config, seen = config, paid = config;
  longer.horizon += 1;
  seen.players[1].goal_visible = true;
  paid.players[1].rewards.action = 0.5;
  for (const env::GameConfig& other : {longer, seen, paid}) {
    const env::Game other_game(other, goal);
    keys.insert(KeyOf({&other_game, &state, 1, valid}));
  }
  CHECK(keys.size() == 1 + changes.size() + 2 + 3);

  const env::Game elsewhere(config, env::RandomGoal(config, rng));
  REQUIRE(elsewhere.goal() != goal);
  CHECK(KeyOf({&elsewhere, &state, 1, valid}) == key);
  CHECK(KeyOf({&elsewhere, &state, 0, valid}) != KeyOf({&game, &state, 0, valid}));
}

TEST_CASE("a search with a cache is the search without") {
  SearchOptions options;
  options.num_simulations = 80;
  const env::Game game = TinyGame(options);
  HashEvaluator plain(3);
  Cached c(1000);
  for (int round = 0; round < 2; ++round) {
    std::vector<std::vector<double>> prints;
    for (Evaluator* evaluator :
         {static_cast<Evaluator*>(&plain), static_cast<Evaluator*>(&c.cache)}) {
      Search search;
      search.Start(options, &game, Start(game), 0, Rng(4));
      REQUIRE(Run(search, *evaluator).ok());
      prints.push_back(Fingerprint(search));
    }
    CHECK(prints[0] == prints[1]);
  }
  CHECK(c.cache.counts().known >= 80);
}

TEST_CASE("several threads may ask at once") {
  // Evaluates nothing but the timestep, without a state of its own.
  class Timesteps : public Evaluator {
    absl::Status Evaluate(absl::Span<const Position> positions,
                          absl::Span<Evaluation> evaluations) override {
      for (size_t i = 0; i < positions.size(); ++i) {
        evaluations[i].value = static_cast<float>(positions[i].state->timestep);
        evaluations[i].goal_logits.assign(50, evaluations[i].value);
      }
      return absl::OkStatus();
    }
  };
  constexpr int kThreads = 4, kBatches = 300, kBatch = 5, kPositions = 30;
  const Positions positions(kPositions);
  EvaluationCache cache(std::make_unique<Timesteps>(), 12);
  std::vector<int> wrong(kThreads, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Rng rng(t);
      std::vector<Evaluation> evaluations(kBatch);
      for (int b = 0; b < kBatches; ++b) {
        std::vector<int> numbers;
        for (int i = 0; i < kBatch; ++i) numbers.push_back(rng.Below(kPositions));
        if (!cache.Evaluate(positions.Batch(numbers), absl::MakeSpan(evaluations)).ok()) ++wrong[t];
        for (int i = 0; i < kBatch; ++i) {
          const auto expected = static_cast<float>(numbers[i]);
          if (evaluations[i].value != expected ||
              evaluations[i].goal_logits != std::vector<float>(50, expected)) {
            ++wrong[t];
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(kThreads, 0));
  CHECK(cache.counts().known + cache.counts().evaluated == kThreads * kBatches * kBatch);
  CHECK(cache.counts().known > 0);
}

}  // namespace
}  // namespace hod::mcts
