// A human model: does the first thing in sight that helps, and wanders where nothing does.
#include <vector>

#include "env/game/action_mask.h"
#include "env/game/game.h"
#include "env/players/player.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

class Wanderer : public Player {
 public:
  Wanderer(const Game& game, int player) : game_(game), player_(player) {}

  const ActionDistribution& NextAction(const State& state) override {
    ValidActions(game_, state, player_, /*line_of_sight=*/true, valid_);
    distribution_.clear();
    std::vector<int32_t> moves;
    for (const int32_t id : valid_) {
      const Action action = game_.actions().Unflatten(id);
      if (IsMove(action.type)) moves.push_back(id);
      if (Helps(state, action)) return distribution_ = {{id, 1.0f}};
    }
    if (moves.empty()) return distribution_ = {{0, 1.0f}};  // Flat action 0 is the no-op.
    for (const int32_t id : moves) distribution_.emplace_back(id, 1.0f / moves.size());
    return distribution_;
  }
  void Observe(const State&, int32_t) override {}  // It remembers nothing.

 private:
  bool Helps(const State& state, const Action& action) const {
    const Block wanted = game_.goal()[action.location];
    if (action.type == ActionType::kPlace) return action.block == wanted;
    return action.type == ActionType::kBreak && state.blocks[action.location] != wanted;
  }

  const Game& game_;
  const int player_;
  std::vector<int32_t> valid_;
  ActionDistribution distribution_;
};

TEST_CASE("a human model builds when its actions are drawn and played") {
  GameConfig config;
  config.size = {5, 5, 5};
  config.horizon = 400;
  config.players.resize(1);
  std::vector<Block> goal = EmptyWorld(config.size);
  for (const int x : {1, 2, 3}) goal[config.size.Index({x, 2, 2})] = kPlanks;
  const Game game(config, goal);
  Rng rng(1);
  State state = game.Reset(rng);
  Wanderer human(game, /*player=*/0);
  bool done = false;
  while (!done) {
    const int32_t id = Sample(human.NextAction(state), rng);
    human.Observe(state, id);
    done = game.Step(state, {game.actions().Unflatten(id)}).done();
  }
  CHECK(state.blocks == goal);
}

}  // namespace
}  // namespace hod::env
