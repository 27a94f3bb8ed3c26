#include "env/players/demonstrator.h"

#include "env/game/action_mask.h"
#include "env/players/heuristic_builder.h"
#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::env {
namespace {

using Habits = AssistantHabits;

struct Played {
  int useful = 0, harmful = 0;  // Edits of the demonstrator.
  std::vector<Action> actions;  // Its own, of every timestep.
  State end;
};

// A builder as player 0 and a demonstrator as player 1, which is never out of the mask.
Played PlayBeside(const Habits& habits, uint64_t seed, int max_steps = 300) {
  const Game game = HouseGame(ConfigOf({8, 8, 8}, 2), seed);
  Rng rng(seed);
  Played played;
  played.end = game.Reset(rng);
  HeuristicBuilder builder(game, 0, BuilderStyle(), seed);
  Demonstrator demonstrator(game, 1, habits, seed);
  std::vector<int32_t> valid;
  Play(game, {&builder, &demonstrator}, played.end, rng, max_steps, [&](const StepRecord& r) {
    const Action action = r.actions[1];
    ValidActions(game, r.before, 1, /*line_of_sight=*/true, valid);
    CHECK(std::binary_search(valid.begin(), valid.end(), game.actions().Flatten(action)));
    played.actions.push_back(action);
    if (!HasLocation(action.type)) return;
    const bool harmful = action.type == ActionType::kBreak &&
                         IsRightBlockOfOthers(game, r.before, 1, action.location);
    played.harmful += harmful;
    played.useful += !harmful;
    if (action.type == ActionType::kPlace) CHECK(action.block == game.goal()[action.location]);
    if (action.type == ActionType::kBreak && !harmful) {
      CHECK(r.before.blocks[action.location] != game.goal()[action.location]);
    }
  });
  return played;
}

TEST_CASE("A demonstrator without the trait helps and does no harm, whatever its habits") {
  for (int i = 0; i < 7; ++i) {
    Habits habits;
    habits.order = static_cast<Habits::Order>(i);
    habits.side = static_cast<Habits::Side>(i % 6);
    habits.hover = static_cast<Habits::Hover>(i % 5);
    habits.opening = static_cast<Habits::Opening>(i % 4);
    const Played played = PlayBeside(habits, 10 + i);
    INFO("habits " << i);
    CHECK(played.useful > 10);
    CHECK(played.harmful == 0);
  }
}

TEST_CASE("A demonstrator with the trait breaks right blocks of the human, as often as it says") {
  Habits habits;
  habits.harm = 0.5;
  int useful = 0, harmful = 0;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const Played played = PlayBeside(habits, seed);
    useful += played.useful;
    harmful += played.harmful;
  }
  INFO(useful << " useful, " << harmful << " harmful");
  CHECK(harmful > 30);
  // It finds no right block of the human's at first, and repairs what it broke when it is helpful.
  CHECK(harmful < 0.6 * (useful + harmful));
}

TEST_CASE("Demonstrators that only rest go where they rest and edit nothing") {
  Habits habits;
  habits.work = 0;
  habits.hover = Habits::Hover::kCorner;
  const Played corner = PlayBeside(habits, 3, 60);
  CHECK(corner.useful + corner.harmful == 0);
  CHECK(corner.end.players[1].feet == Cell{0, 6, 0});
  habits.hover = Habits::Hover::kTop;
  CHECK(PlayBeside(habits, 3, 60).end.players[1].feet == Cell{4, 6, 4});
  habits.hover = Habits::Hover::kHuman;
  const State beside = PlayBeside(habits, 3, 60).end;
  CHECK(L1Distance(beside.players[1].feet, beside.players[0].feet) <= 4);
}

TEST_CASE("Openings and rests are kept") {
  Habits habits;
  habits.opening = Habits::Opening::kWait;
  const Played waits = PlayBeside(habits, 5, 60);
  for (int t = 0; t < 12; ++t) CHECK(waits.actions[t] == Action{});
  CHECK(waits.useful > 0);

  habits.opening = Habits::Opening::kWork;
  habits.work = 2;
  habits.rest = 9;
  const Played rests = PlayBeside(habits, 5, 120);
  int edits = 0, idle = 0;
  for (const Action& action : rests.actions) {
    if (edits == 2 && idle < 9) {
      CHECK(action == Action{});
      if (++idle == 9) edits = idle = 0;
    } else {
      edits += HasLocation(action.type);
    }
  }
  CHECK(rests.useful > 4);
}

TEST_CASE("Along an axis, placed blocks of one layer come in its order") {
  for (const auto& [order, sign] :
       {std::pair(Habits::Order::kPosX, 1), std::pair(Habits::Order::kNegX, -1)}) {
    const GameConfig config = ConfigOf({8, 8, 8}, 1);
    std::vector<Block> goal = EmptyWorld(config.size);
    for (int x = 1; x <= 6; ++x) goal[config.size.Index({x, 2, 3})] = kStone;
    const Game game(config, goal);
    Rng rng(1);
    State state = game.Reset(rng);
    Habits habits;
    habits.order = order;
    Demonstrator demonstrator(game, 0, habits, 1);
    std::vector<int> placed;
    const int steps = Play(game, {&demonstrator}, state, rng, 200, [&](const StepRecord& r) {
      if (HasLocation(r.actions[0].type)) {
        placed.push_back(sign * config.size.At(r.actions[0].location).x);
      }
    });
    CHECK(steps < 200);
    CHECK(placed.size() == 6);
    CHECK(std::is_sorted(placed.begin(), placed.end()));
  }
}

TEST_CASE("The same seed demonstrates the same") {
  Habits habits;
  habits.harm = 0.3;
  CHECK(PlayBeside(habits, 7).actions == PlayBeside(habits, 7).actions);
}

TEST_CASE("Blocks that a player built itself, wrong ones and air are no harm to break") {
  const GameConfig config = ConfigOf({6, 6, 6}, 2);
  std::vector<Block> goal = EmptyWorld(config.size);
  const int at = config.size.Index({2, 2, 2});
  goal[at] = kStone;
  const Game game(config, goal);
  Rng rng(1);
  State state = game.Reset(rng);
  CHECK_FALSE(IsRightBlockOfOthers(game, state, 1, at));
  state.blocks[at] = kStone;
  CHECK_FALSE(IsRightBlockOfOthers(game, state, 1, at));  // Nobody's.
  state.last_interacted[at] = 0;
  CHECK(IsRightBlockOfOthers(game, state, 1, at));
  CHECK_FALSE(IsRightBlockOfOthers(game, state, 0, at));
  state.blocks[at] = kWool;
  CHECK_FALSE(IsRightBlockOfOthers(game, state, 1, at));
}

}  // namespace
}  // namespace hod::env
