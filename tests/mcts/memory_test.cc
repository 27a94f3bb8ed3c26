// What an evaluator remembers is passed on from every node to its children, and from move to move.
#include "mcts/evaluation_cache.h"
#include "mcts/search.h"
#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

// Remembers the timesteps it has seen.
class Historian : public Evaluator {
 public:
  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override {
    if (absl::Status s = numbers_.Evaluate(positions, evaluations); !s.ok()) return s;
    for (size_t i = 0; i < positions.size(); ++i) {
      std::vector<float> seen;
      if (positions[i].memory != nullptr) seen = *positions[i].memory;
      seen.push_back(static_cast<float>(positions[i].state->timestep));
      evaluations[i].memory = std::make_shared<const std::vector<float>>(seen);
      longest = std::max(longest, seen.size());
      for (size_t k = 0; k < seen.size(); ++k) CHECK(seen[k] == static_cast<float>(k));
    }
    return absl::OkStatus();
  }

  size_t longest = 0;

 private:
  HashEvaluator numbers_{5, {.spread_human = true}};
};

TEST_CASE("Every position is evaluated with the memory of the whole history before it") {
  for (const bool reuse : {false, true}) {
    for (const int in_flight : {1, 3}) {
      SearchOptions options;
      options.num_simulations = 40;
      options.max_in_flight = in_flight;
      const env::Game game = TinyGame(options);
      env::State state = Start(game);
      REQUIRE(state.timestep == 0);
      Historian historian;
      Search search;
      Memory memory;
      for (int move = 0; move < 4; ++move) {
        if (reuse && move > 0) {
          search.Advance(options, state, Rng(move), memory);
        } else {
          search.Start(options, &game, state, 1, Rng(move), memory);
        }
        REQUIRE(Run(search, historian).ok());
        memory = search.root().memory;
        REQUIRE(memory != nullptr);
        REQUIRE(memory->size() == static_cast<size_t>(move) + 1);
        std::vector<env::Action> actions(2);
        actions[1] = game.actions().Unflatten(search.result().best_action);
        game.Step(state, actions);
      }
      CHECK(historian.longest > 4);
    }
  }
}

TEST_CASE("A cache knows positions apart by what is remembered of them") {
  const SearchOptions options;
  const env::Game game = TinyGame(options);
  const env::State state = Start(game);
  Position fresh = {&game, &state, 1, {}}, later = fresh;
  later.memory = std::make_shared<const std::vector<float>>(std::vector<float>{1, 2});
  Position other = later;
  other.memory = std::make_shared<const std::vector<float>>(std::vector<float>{1, 3});
  CHECK(KeyOf(fresh) != KeyOf(later));
  CHECK(KeyOf(other) != KeyOf(later));
  other.memory = std::make_shared<const std::vector<float>>(*later.memory);
  CHECK(KeyOf(other) == KeyOf(later));
}

}  // namespace
}  // namespace hod::mcts
