#include "env/players/ordered_builder.h"

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::env {
namespace {

using Order = OrderedBuilder::Order;

// What walking, scaffolds and passages may cost: a few steps an edit.
int PatienceFor(const Game& game, const State& start) {
  return 300 + 12 * NeededEdits(game, start);
}

// The lowest layer that is unlike the goal.
int LowestWrongLayer(const Game& game, const State& state) {
  int lowest = game.size().h;
  for (int i = 0; i < game.size().Volume(); ++i) {
    if (state.blocks[i] != game.goal()[i]) lowest = std::min(lowest, game.size().At(i).y);
  }
  return lowest;
}

Block MirrorOf(const Game& game, const State& state, int location) {
  const Cell cell = game.size().At(location);
  return state.blocks[game.size().Index({game.size().w - 1 - cell.x, cell.y, cell.z})];
}

TEST_CASE("Layers and lowest complete houses, one layer after the other, with valid actions only") {
  const Order order = GENERATE(Order::kLayers, Order::kLowest);
  const bool inf_blocks = GENERATE(true, false);
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const WorldSize size = seed % 2 == 0 ? WorldSize{11, 10, 10} : WorldSize{8, 9, 8};
    const Game game = HouseGame(ConfigOf(size, 1, inf_blocks), seed);
    Rng rng(seed);
    State state = game.Reset(rng);
    const int patience = PatienceFor(game, state);
    OrderedBuilder builder(game, 0, order, seed);
    std::vector<int32_t> valid;
    const int steps = Play(game, {&builder}, state, rng, patience, [&](const StepRecord& r) {
      REQUIRE(r.distribution.size() == 1);
      CHECK(r.distribution[0].second == 1.0f);
      const Action& action = r.actions[0];
      ValidActions(game, r.before, 0, /*line_of_sight=*/true, valid);
      REQUIRE(std::binary_search(valid.begin(), valid.end(), r.distribution[0].first));
      CHECK(r.outcome.players[0].effective_action == action);
      if (action.type != ActionType::kPlace || action.block != game.goal()[action.location]) return;
      CHECK(size.At(action.location).y <= LowestWrongLayer(game, r.before));
    });
    INFO("seed " << seed);
    CHECK(steps < patience);
  }
}

TEST_CASE("Layers sweeps, lowest takes what is near") {
  const GameConfig config = ConfigOf({8, 8, 8}, 1);
  std::vector<Block> goal = EmptyWorld(config.size);
  for (int x = 1; x <= 6; ++x) {
    for (int z = 1; z <= 6; ++z) goal[config.size.Index({x, 2, z})] = kStone;
  }
  const Game game(config, goal);
  Rng rng(1);
  const State start = game.Reset(rng);
  const auto placed = [&](Order order) {
    State state = start;
    OrderedBuilder builder(game, 0, order, 1);
    std::vector<Cell> cells;
    Play(game, {&builder}, state, rng, 1000, [&](const StepRecord& r) {
      if (r.actions[0].type == ActionType::kPlace) {
        cells.push_back(config.size.At(r.actions[0].location));
      }
    });
    return cells;
  };
  const std::vector<Cell> sweep = placed(Order::kLayers);
  REQUIRE(sweep.size() == 36);
  for (size_t i = 0; i < sweep.size(); ++i) {
    const int x = 1 + static_cast<int>(i) / 6, k = static_cast<int>(i) % 6;
    CHECK(sweep[i] == Cell{x, 2, x % 2 == 0 ? 1 + k : 6 - k});
  }
  const std::vector<Cell> near = placed(Order::kLowest);
  REQUIRE(near.size() == 36);
  CHECK(near != sweep);
}

TEST_CASE("Layers and lowest complete goals with floating and enclosed cells") {
  const Order order = GENERATE(Order::kLayers, Order::kLowest);
  const double density = GENERATE(0.1, 0.5, 1.0);
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const Game game = RandomGame(ConfigOf({9, 9, 8}, 1), density, seed);
    Rng rng(seed);
    State state = game.Reset(rng);
    const int patience = 2 * PatienceFor(game, state);
    OrderedBuilder builder(game, 0, order, seed);
    INFO("density " << density << ", seed " << seed);
    CHECK(Play(game, {&builder}, state, rng, patience) < patience);
  }
}

TEST_CASE("They finish beside another builder, who may be in the way") {
  const Order order = GENERATE(Order::kLayers, Order::kLowest);
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const Game game = HouseGame(ConfigOf({9, 9, 9}, 2), seed);
    Rng rng(seed);
    State state = game.Reset(rng);
    OrderedBuilder first(game, 0, order, seed), second(game, 1, Order::kLowest, seed + 10);
    const int patience = PatienceFor(game, state);
    CHECK(Play(game, {&first, &second}, state, rng, patience) < patience);
  }
}

TEST_CASE("Mirror builds the low half of a goal that it sees, then its mirror image") {
  const WorldSize size = GENERATE(WorldSize{9, 8, 8}, WorldSize{10, 8, 8});
  const Game game = HouseGame(ConfigOf(size, 1), 5);
  Rng rng(6);
  State state = game.Reset(rng);
  OrderedBuilder builder(game, 0, Order::kMirror, 7);
  Play(game, {&builder}, state, rng, 2 * PatienceFor(game, state));
  for (int i = 0; i < size.Volume(); ++i) {
    const bool low = 2 * size.At(i).x <= size.w - 1;
    CHECK(state.blocks[i] == (low ? game.goal()[i] : MirrorOf(game, state, i)));
  }
  CHECK(builder.NextAction(state) == ActionDistribution{{0, 1.0f}});
}

TEST_CASE("Mirror copies what others build where it does not see the goal") {
  GameConfig config = ConfigOf({10, 8, 8}, 2);
  config.players[1].goal_visible = false;
  std::vector<Block> goal = EmptyWorld(config.size);
  for (int y = 1; y <= 3; ++y) {
    for (int z = 2; z <= 5; ++z) goal[config.size.Index({2, y, z})] = kPlanks;
  }
  const Game game(config, goal);
  // Nothing that the goal holds may matter to it but through what the human does.
  const Game other_goal(config, EmptyWorld(config.size));
  Rng rng(8);
  State state = game.Reset(rng);
  OrderedBuilder human(game, 0, Order::kMirror, 9), assistant(other_goal, 1, Order::kMirror, 10);
  int copied = 0;
  Play(game, {&human, &assistant}, state, rng, 400, [&](const StepRecord& r) {
    const Action& action = r.actions[1];
    if (action.type != ActionType::kPlace) return;
    CHECK(config.size.At(action.location).x == 7);
    ++copied;
  });
  CHECK(copied > 0);
  for (int i = 0; i < config.size.Volume(); ++i) {
    if (2 * config.size.At(i).x > config.size.w - 1) {
      CHECK(state.blocks[i] == MirrorOf(game, state, i));
    } else {
      CHECK(state.blocks[i] == goal[i]);
    }
  }
}

TEST_CASE("The same seed gives an ordered builder's same episode") {
  const Order order = GENERATE(Order::kLayers, Order::kLowest, Order::kMirror);
  const Game game = RandomGame(ConfigOf({8, 8, 8}, 1), 0.5, 11);
  Rng rng(12);
  const State start = game.Reset(rng);
  const auto play = [&] {
    State state = start;
    OrderedBuilder builder(game, 0, order, 13);
    std::vector<Action> actions;
    Play(game, {&builder}, state, rng, 500,
         [&](const StepRecord& r) { actions.push_back(r.actions[0]); });
    return actions;
  };
  CHECK(play() == play());
}

}  // namespace
}  // namespace hod::env
