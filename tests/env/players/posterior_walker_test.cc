// A posterior over known goals finds the right one, and is carried out.
#include "env/players/posterior_walker.h"

#include <cmath>
#include <memory>
#include <numeric>

#include "env/game/roles.h"
#include "env/players/make_player.h"
#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::env {
namespace {

std::shared_ptr<const std::vector<std::vector<Block>>> Goals(const GameConfig& config, int count) {
  std::vector<std::vector<Block>> goals;
  for (int seed = 0; seed < count; ++seed) goals.push_back(HouseGame(config, seed).goal());
  return std::make_shared<const std::vector<std::vector<Block>>>(std::move(goals));
}

TEST_CASE("Edits that fit a goal speak for it, others against it") {
  const GameConfig config = ConfigOf({5, 5, 5}, 2);
  std::vector<Block> planks = EmptyWorld(config.size), glass = planks;
  const int here = config.size.Index({2, 2, 2}), there = config.size.Index({3, 2, 2});
  planks[here] = planks[there] = kPlanks;
  glass[here] = glass[there] = kGlass;
  glass[config.size.Index({1, 2, 2})] = kGlass;
  GoalPosterior posterior(std::make_shared<const std::vector<std::vector<Block>>>(
      std::vector<std::vector<Block>>{planks, glass}));
  CHECK(posterior.probabilities() == std::vector<double>{0.5, 0.5});
  std::vector<Block> world = EmptyWorld(config.size);
  posterior.Observe(world, here, kGlass);
  // One of the three edits that are right there, against a slip: 0.95 / 3 to 0.05 / (125 * 10).
  const double expected = (0.95 / 3) / (0.95 / 3 + 0.05 / 1250);
  CHECK(posterior.probabilities()[1] == Approx(expected));
  const std::vector<float> logits = posterior.Logits();
  CHECK(std::exp(logits[kGlass * 125 + there]) == Approx(expected));
  CHECK(std::exp(logits[kPlanks * 125 + there]) == Approx(1 - expected));
  // To break it again speaks for the other.
  world[here] = kGlass;
  posterior.Observe(world, here, kAir);
  CHECK(posterior.probabilities()[1] < expected);
  CHECK(std::accumulate(posterior.probabilities().begin(), posterior.probabilities().end(), 0.0) ==
        Approx(1));
}

TEST_CASE("It finds the house that is built, and builds with little that is wrong") {
  const GameConfig config = ConfigOf({9, 9, 9}, 2);
  const auto goals = Goals(config, 12);
  const Game game(config, (*goals)[7]);
  Rng rng(3);
  State state = game.Reset(rng);
  const auto human = MakePlayer("layers", game, kHuman, 1);
  REQUIRE(human.ok());
  PosteriorWalker walker(game, kAssistant, goals, 0.75);
  int edits = 0, wrong = 0;
  Play(game, {human->get(), &walker}, state, rng, 2000, [&](const StepRecord& record) {
    const PlayerOutcome& outcome = record.outcome.players[kAssistant];
    const bool is_edit = HasLocation(outcome.effective_action.type);
    edits += is_edit;
    wrong += is_edit && !outcome.correct;
  });
  CHECK(state.num_matches == game.size().Volume());
  CHECK(edits > 40);
  CHECK(wrong < edits / 10);
}

}  // namespace
}  // namespace hod::env
