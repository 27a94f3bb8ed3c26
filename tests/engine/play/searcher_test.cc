// Searches that look back on their edits.
#include "engine/play/searcher.h"

#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"
#include "tests/support/mcts/evaluators.h"

namespace hod::engine {
namespace {

// The edits that searches make of a wall in which they believe with probability 0.85, where the
// human removes each at once or none.
int EditsOfAWall(bool look_back, bool removed) {
  const env::GameConfig config = env::ConfigOf({7, 7, 7}, 2);
  std::vector<env::Block> wall = env::EmptyWorld(config.size);
  for (int x = 1; x < 6; ++x) wall[config.size.Index({x, 2, 3})] = env::kPlanks;
  mcts::ConstantEvaluator evaluator([&](const mcts::Position&, mcts::Evaluation& e) {
    const auto logit = static_cast<float>(std::log(0.85 / 0.15 * (env::kNumBlocks - 1)));
    for (size_t at = 0; at < wall.size(); ++at) e.goal_logits[wall[at] * wall.size() + at] = logit;
  });
  const env::Game game(config, env::EmptyWorld(config.size));
  Rng rng(1);
  env::State state = game.Reset(rng);
  SearchPlay play;
  play.full.num_simulations = 2;
  play.full.noise_weight = 0;
  play.full.leaf_value = mcts::LeafValue::kZero;
  play.full.plan_prior = 1;
  play.full.own_reward_shift = -0.6;  // As sure as 0.8.
  play.greedy = true;
  play.look_back = look_back;
  Searcher searcher(game, 1, play);
  int edits = 0;
  for (int step = 0; step < 100; ++step) {
    while (const mcts::Position* leaf = searcher.NextLeaf(state, rng)) {
      mcts::Evaluation evaluation;
      REQUIRE(evaluator.Evaluate({leaf, 1}, {&evaluation, 1}).ok());
      REQUIRE(searcher.Deliver(evaluation).ok());
    }
    const env::Action action =
        game.actions().Unflatten(searcher.Act(state, searcher.Result(), rng));
    game.Step(state, {env::Action{}, action});
    if (action.type != env::ActionType::kPlace) continue;
    ++edits;
    if (!removed) continue;
    state.blocks[action.location] = env::kAir;
    state.last_interacted[action.location] = 0;
    state.broken[action.location] |= env::BlockSet{1} << env::kPlanks;
  }
  return edits;
}

TEST_CASE("Searches that look back grow careful where their edits were wrong") {
  CHECK(EditsOfAWall(/*look_back=*/false, /*removed=*/false) == 5);
  CHECK(EditsOfAWall(/*look_back=*/false, /*removed=*/true) == 5);
  CHECK(EditsOfAWall(/*look_back=*/true, /*removed=*/false) == 5);
  // After the first: 1 - (1 - 0.8) * (1 + 0.15) / (1 + 1) = 0.885, as for the walker. The search
  // hears of it one move later.
  CHECK(EditsOfAWall(/*look_back=*/true, /*removed=*/true) <= 2);
}

}  // namespace
}  // namespace hod::engine
