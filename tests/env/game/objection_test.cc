// Why the rules forbid an action, in words.
#include "env/game/objection.h"

#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"
#include "tests/support/env/random_game.h"

namespace hod::env {
namespace {

TEST_CASE("Objections name what is in the way") {
  const GameConfig config = ConfigOf({7, 7, 7}, 2);
  const Game game(config, EmptyWorld(config.size));
  const WorldSize& size = game.size();
  State state = game.Begin([&] {
    State start;
    start.blocks = EmptyWorld(size);
    start.blocks[size.Index({3, 2, 4})] = kStone;
    start.players.resize(2);
    start.players[0].feet = {3, 2, 3};
    start.players[1].feet = {4, 2, 3};
    return start;
  }());
  const auto objection = [&](const Action& action) {
    return ObjectionTo(game, state, 0, action).value_or("");
  };
  const auto place = [&](Cell cell, Block block = kPlanks) {
    return objection({ActionType::kPlace, size.Index(cell), block});
  };
  const auto take = [&](Cell cell) { return objection({ActionType::kBreak, size.Index(cell)}); };
  CHECK(objection({}) == "");
  CHECK(place({2, 2, 3}) == "");
  CHECK(place({3, 2, 4}) == "there is stone already");
  CHECK(place({2, 2, 3}, kAir) == "air cannot be placed");
  CHECK(place({4, 2, 3}) == "somebody stands there");
  CHECK(place({3, 2, 3}) == "you stand there");
  CHECK(place({3, 6, 6}) == "there is no block beside it to place it against");
  CHECK(take({2, 2, 3}) == "there is nothing to break");
  CHECK(take({3, 0, 3}) == "bedrock cannot be broken");
  CHECK(take({3, 2, 4}) == "");
  // Under the stone, and the dirt before it hides what is below.
  state.players[0].feet = {0, 5, 0};
  CHECK(take({6, 1, 6}) == "out of reach: 4.5 is as far as an arm is long");
  state.players[0].feet = {3, 2, 3};
  CHECK(objection({ActionType::kMovePosZ}) == "a block is in the way");
  CHECK(objection({ActionType::kMoveNegY}) == "a block is in the way");
  CHECK(objection({ActionType::kMovePosX}) == "somebody is in the way");
  state.players[0].feet = {0, 2, 3};
  CHECK(objection({ActionType::kMoveNegX}) == "the world ends there");
  CHECK(objection({ActionType::kMovePosX}) == "");
  // A wall between.
  for (int y = 2; y < 7; ++y) {
    for (int z = 0; z < 7; ++z) state.blocks[size.Index({1, y, z})] = kPlanks;
  }
  CHECK(take({2, 1, 3}) == "hidden from where you stand");
}

TEST_CASE("There is an objection where an action has no effect, and nowhere else") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Game game = RandomGame(ConfigOf({6, 6, 7}, 2), 0.3, seed);
    Rng rng(seed);
    State state = game.Reset(rng);
    for (int step = 0; step < 200; ++step) {
      std::vector<Action> actions(2);
      const int player = rng.Below(2);
      actions[player] = game.actions().Unflatten(rng.Below(game.actions().num_actions()));
      const Action action = actions[player];
      const bool buries_itself =
          action.type == ActionType::kPlace &&
          BodyFills(state.players[player].feet, game.size().At(action.location));
      const auto objection = ObjectionTo(game, state, player, action);
      const StepOutcome outcome = game.Step(state, actions);
      const bool effective = outcome.players[player].effective_action == action;
      INFO("seed " << seed << ", step " << step);
      if (!buries_itself) CHECK(objection.has_value() != effective);
      CHECK((!objection || !objection->empty()));
    }
  }
}

}  // namespace
}  // namespace hod::env
