// Priors that lean on what carries out the belief.
#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

constexpr int kPlayer = 1;

// Sure of one block in a voxel, and elsewhere of what is there.
ConstantEvaluator Believing(env::Block block, int location) {
  return ConstantEvaluator([=](const Position& position, Evaluation& e) {
    const size_t volume = position.game->goal().size();
    std::vector<env::Block> wanted = position.state->blocks;
    wanted[location] = block;
    for (size_t at = 0; at < volume; ++at) e.goal_logits[wanted[at] * volume + at] = 10;
  });
}

TEST_CASE(
    "What would carry out the belief gets its share of the prior, whatever the network says") {
  SearchOptions options;
  options.noise_weight = 0;
  options.num_simulations = 2;
  const env::Game game = TinyGame(options);
  const env::State state = Start(game);
  // A place that the player can make at once.
  std::vector<int32_t> valid;
  env::ValidActions(game, state, kPlayer, true, valid);
  const auto place = std::find_if(valid.begin(), valid.end(), [&](int32_t id) {
    const env::Action action = game.actions().Unflatten(id);
    return action.type == env::ActionType::kPlace && game.size().At(action.location).y == 2;
  });
  REQUIRE(place != valid.end());
  const env::Action wanted = game.actions().Unflatten(*place);
  ConstantEvaluator evaluator = Believing(wanted.block, wanted.location);
  const auto prior_of = [&](double share) {
    options.plan_prior = share;
    Search search;
    search.Start(options, &game, state, kPlayer, Rng(1));
    REQUIRE(Run(search, evaluator).ok());
    double sum = 0, prior = 0;
    for (const TypeStats& type : search.root().types) {
      for (int32_t a = type.begin; a < type.end; ++a) {
        const ActionView view = search.action(type, a);
        sum += view.prior;
        if (view.id == *place) prior = view.prior;
      }
    }
    CHECK(sum == Approx(1));
    return prior;
  };
  const double uniform = 1.0 / static_cast<double>(valid.size());
  CHECK(prior_of(0) == Approx(uniform));
  CHECK(prior_of(0.5) == Approx(0.5 * uniform + 0.5));
  CHECK(prior_of(1) == Approx(1));
  // It has to be surer than it is.
  options.own_reward_shift = -0.9999;
  CHECK(prior_of(0.5) < 0.5 * uniform + 0.01);
}

}  // namespace
}  // namespace hod::mcts
