// A network, as the search knows one: it takes positions and returns predictions. This one expects
// every world to stay as it is, and the human to wait.
#include "env/game/game.h"
#include "mcts/evaluator.h"
#include "mcts/run_search.h"
#include "mcts/search.h"
#include "tests/support/catch.h"

namespace hod::mcts {
namespace {

class NothingChanges : public Evaluator {
 public:
  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override {
    for (size_t i = 0; i < positions.size(); ++i) {
      const std::vector<env::Block>& blocks = positions[i].state->blocks;
      Evaluation& out = evaluations[i];
      out.policy.assign(positions[i].valid_actions.size(), 1.0f);  // All actions alike.
      out.value = 0;
      out.goal_logits.assign(env::kNumBlocks * blocks.size(), 0.0f);
      for (size_t l = 0; l < blocks.size(); ++l) {
        out.goal_logits[blocks[l] * blocks.size() + l] = 10.0f;
      }
      out.human_policy = {{0, 1.0f}};  // Flat action 0 is the no-op.
    }
    return absl::OkStatus();
  }
};

TEST_CASE("a search follows its network: an assistant that expects no change breaks nothing") {
  env::GameConfig config;
  config.size = {5, 5, 5};
  SearchOptions options;
  options.num_simulations = 400;
  options.noise_weight = 0;
  const env::Game game = PlanningGame(env::Game(config, env::EmptyWorld(config.size)), options);
  Rng rng(1);
  NothingChanges network;
  Search search;
  search.Start(options, &game, game.Reset(rng), /*player=*/1, rng);
  REQUIRE(RunSearch(search, network, {}).ok());
  const env::Action best = game.actions().Unflatten(search.result().best_action);
  CHECK(best.type != env::ActionType::kPlace);
  CHECK(best.type != env::ActionType::kBreak);
}

}  // namespace
}  // namespace hod::mcts
