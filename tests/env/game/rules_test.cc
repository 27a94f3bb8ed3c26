// One test for each rule of docs/rules.md, Section 3, that a wrong implementation could break
// without anyone noticing.
#include <cmath>
#include <functional>
#include <set>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"

namespace hod::env {
namespace {

constexpr Cell kCorner = {0, 2, 0};

// A 6x6x6 game whose goal is the empty world plus `goal_edits`, and its state.
struct Scene {
  Scene(const GameConfig& config, const std::vector<Cell>& feet,
        const std::vector<std::pair<Cell, Block>>& goal_edits = {}, int64_t global_timestep = 0)
      : game(config, Goal(config, goal_edits), global_timestep) {
    state.blocks = EmptyWorld(game.size());
    for (int i = 0; i < game.size().Volume(); ++i) {
      if (game.InPalette(i)) state.blocks[i] = game.goal()[i];
    }
    state.players.resize(feet.size());
    for (size_t p = 0; p < feet.size(); ++p) state.players[p].feet = feet[p];
    state = game.Begin(std::move(state));
  }

  static std::vector<Block> Goal(const GameConfig& config,
                                 const std::vector<std::pair<Cell, Block>>& edits) {
    std::vector<Block> goal = GoalFromHouse(config, {0, 0, 0}, {});
    for (const auto& [cell, block] : edits) goal[config.size.Index(cell)] = block;
    return goal;
  }

  // Changes the world outside the game.
  void Set(Cell cell, Block block) {
    state.blocks[game.size().Index(cell)] = block;
    state = game.Begin(std::move(state));
  }
  Block At(Cell cell) const { return state.blocks[game.size().Index(cell)]; }
  Inventory& Bag(int player) { return state.players[player].inventory; }

  StepOutcome Step(const std::vector<Action>& actions) { return game.Step(state, actions); }
  // Player 0 acts alone, the others wait.
  PlayerOutcome Act(const Action& action) {
    std::vector<Action> actions(game.num_players());
    actions[0] = action;
    return Step(actions).players[0];
  }

  Action Place(Cell cell, Block block) const {
    return {ActionType::kPlace, game.size().Index(cell), block};
  }
  Action Break(Cell cell) const { return {ActionType::kBreak, game.size().Index(cell), kAir}; }
  Action Give(Cell cell, Block block) const {
    return {ActionType::kGive, game.size().Index(cell), block};
  }

  Game game;
  State state;
};

GameConfig Settings(int players, const std::function<void(GameConfig&)>& change = {}) {
  GameConfig config;
  config.size = {6, 6, 6};
  config.terminate_on_goal_completion = false;
  config.players.resize(players);
  if (change) change(config);
  return config;
}

GameConfig FiniteBlocks(int players) {
  return Settings(players, [](GameConfig& c) { c.abilities.inf_blocks = false; });
}

GameConfig TrustedHuman(bool inf_blocks) {
  return Settings(2, [&](GameConfig& c) {
    c.players[0].is_human = true;
    c.abilities.inf_blocks = inf_blocks;
  });
}

Action Move(ActionType type) { return {type, 0, kAir}; }

bool Effective(const PlayerOutcome& outcome) {
  return outcome.effective_action.type != ActionType::kNoop;
}

// ---- Reset

TEST_CASE("reset: bedrock, dirt and air, players in a row, nothing touched") {
  const Game game(Settings(3, [](auto& c) { c.random_start_locations = false; }),
                  EmptyWorld({6, 6, 6}));
  Rng rng(1);
  const State state = game.Reset(rng);
  for (int i = 0; i < game.size().Volume(); ++i) {
    const int y = game.size().At(i).y;
    CHECK(state.blocks[i] == (y == 0 ? kBedrock : y == 1 ? kDirt : kAir));
  }
  for (int p = 0; p < 3; ++p) CHECK(state.players[p].feet == Cell{p, 2, 0});
  CHECK(state.last_interacted == std::vector<int8_t>(216, kNobody));
  CHECK(state.interacted_at == std::vector<int32_t>(216, kNever));
  CHECK(state.timestep == 0);
}

TEST_CASE("reset: a row of fixed starts that is full goes on in the next") {
  const Game game(Settings(8, [](auto& c) { c.random_start_locations = false; }),
                  EmptyWorld({6, 6, 6}));
  Rng rng(1);
  const State state = game.Reset(rng);
  CHECK(state.players[5].feet == Cell{5, 2, 0});
  CHECK(state.players[6].feet == Cell{0, 2, 1});
}

TEST_CASE("reset: random starts are free, use all heights, and follow the seed") {
  const Scene scene(Settings(3), {{}, {}, {}}, {{{3, 2, 2}, kWool}});
  const Game& game = scene.game;
  std::set<int> heights;
  for (int seed = 0; seed < 300; ++seed) {
    Rng rng(seed), again(seed);
    const State state = game.Reset(rng);
    CHECK(state == game.Reset(again));
    for (int p = 0; p < 3; ++p) {
      const Cell a = state.players[p].feet;
      heights.insert(a.y);
      CHECK(a.y >= 2);  // Feet and head in air.
      for (int q = 0; q < p; ++q) {
        const Cell b = state.players[q].feet;
        CHECK_FALSE((a.x == b.x && a.z == b.z && std::abs(a.y - b.y) <= 1));
      }
    }
  }
  CHECK(heights == std::set<int>{2, 3, 4, 5});  // At the top the head sticks out of the world.
}

TEST_CASE("reset: the first episode's length can be random") {
  const Game game(Settings(1,
                           [](auto& c) {
                             c.randomize_first_episode_length = true;
                             c.horizon = 4;
                           }),
                  EmptyWorld({6, 6, 6}));
  std::set<int> starts;
  Rng rng(1);
  for (int i = 0; i < 100; ++i) starts.insert(game.Reset(rng).timestep);
  CHECK(starts == std::set<int>{0, 1, 2, 3});
}

TEST_CASE("a house is written from (1, 1, 1) and replaces the dirt") {
  GameConfig config = Settings(1);
  CHECK(MaxHouseSize(config) == WorldSize{4, 4, 4});
  const std::vector<Block> goal =
      GoalFromHouse(config, {2, 2, 1}, std::vector<Block>{kStone, kWool, kLog, kAir});
  const auto at = [&](Cell c) { return goal[config.size.Index(c)]; };
  CHECK(at({1, 1, 1}) == kStone);
  CHECK(at({1, 2, 1}) == kWool);
  CHECK(at({2, 1, 1}) == kLog);
  CHECK(at({2, 2, 1}) == kAir);
  CHECK(at({3, 1, 1}) == kDirt);
  CHECK(MaxHouseSize(FiniteBlocks(1)) == WorldSize{3, 4, 4});
}

// ---- Place and break

TEST_CASE("place: what stands in the way") {
  Scene scene(Settings(2), {{2, 2, 2}, {4, 2, 2}});
  CHECK_FALSE(Effective(scene.Act(scene.Place({3, 2, 3}, kAir))));
  CHECK_FALSE(Effective(scene.Act(scene.Place({3, 2, 3}, kBedrock))));
  CHECK_FALSE(Effective(scene.Act(scene.Place({3, 1, 3}, kWool))));  // Dirt is there.
  CHECK_FALSE(Effective(scene.Act(scene.Place({3, 3, 3}, kWool))));  // Nothing to place against.
  CHECK_FALSE(Effective(scene.Act(scene.Place({4, 2, 2}, kWool))));  // The other's feet,
  CHECK_FALSE(Effective(scene.Act(scene.Place({4, 3, 2}, kWool))));  // and head.
  CHECK(Effective(scene.Act(scene.Place({3, 2, 3}, kWool))));
  CHECK(scene.At({3, 2, 3}) == kWool);
  CHECK(scene.state.last_interacted[scene.game.size().Index({3, 2, 3})] == 0);
}

TEST_CASE("place: the own body is no obstacle, and one may move out of the block") {
  Scene scene(Settings(1), {{2, 2, 2}});
  CHECK(Effective(scene.Act(scene.Place({2, 2, 2}, kWool))));
  CHECK(Effective(scene.Act(Move(ActionType::kMovePosX))));
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMoveNegX))));
}

TEST_CASE("place: a head above the world keeps its voxel free of nothing but blocks below it") {
  Scene scene(Settings(2), {{2, 4, 2}, {3, 5, 2}});
  scene.Set({3, 4, 3}, kStone);
  // The other player's feet are in the top layer; its head is outside and obstructs rays there
  // only.
  CHECK_FALSE(Effective(scene.Act(scene.Place({3, 5, 2}, kWool))));
  CHECK(Effective(scene.Act(scene.Place({2, 4, 3}, kWool))));
}

TEST_CASE("reach: 4.5 from the eye to a point on the face, not to the voxel") {
  // The eye is at (0.5, 3.6, 0.5) and looks along x at a wall.
  GameConfig config = Settings(1);
  config.size = {8, 6, 6};
  Scene scene(config, {kCorner});
  scene.Set({4, 3, 0}, kStone);  // Its near face is 3.5 away.
  CHECK(Effective(scene.Act(scene.Break({4, 3, 0}))));
  scene.Set({5, 3, 0}, kStone);  // 4.4999 away, straight ahead at (5 - 1e-4, 3.5, 0.5): in reach.
  CHECK_FALSE(Effective(scene.Act(scene.Break({6, 3, 0}))));
  CHECK_FALSE(Effective(scene.Act(scene.Break({5, 3, 0}))));  // sqrt(4.4999^2 + 0.1^2) > 4.5.
  scene.Set({4, 3, 0}, kStone);
  CHECK(Effective(scene.Act(scene.Break({4, 3, 0}))));
}

TEST_CASE("sight: blocks and other players hide what is behind them, the own body does not") {
  Scene scene(Settings(2), {kCorner, {5, 2, 5}});
  for (int y = 2; y < 6; ++y) {
    for (int z = 0; z < 6; ++z) scene.Set({2, y, z}, kGlass);
  }
  scene.Set({3, 2, 0}, kStone);
  CHECK_FALSE(Effective(scene.Act(scene.Break({3, 2, 0}))));
  CHECK(Effective(scene.Act(scene.Break({2, 2, 0}))));
  scene.Set({2, 3, 0}, kAir);
  CHECK(Effective(scene.Act(scene.Break({3, 2, 0}))));

  Scene corridor(Settings(2), {{0, 4, 0}, {1, 4, 0}});  // Walls left open only along x.
  for (int x = 0; x < 6; ++x) {
    for (int y = 2; y < 6; ++y) corridor.Set({x, y, 1}, kStone);
    corridor.Set({x, 3, 0}, kStone);
  }
  corridor.Set({2, 4, 0}, kStone);
  corridor.Set({2, 5, 0}, kStone);
  CHECK_FALSE(Effective(corridor.Act(corridor.Break({2, 4, 0}))));
  corridor.state.players[1].feet = {5, 4, 5};
  CHECK(Effective(corridor.Act(corridor.Break({2, 4, 0}))));
}

TEST_CASE("break: bedrock and air cannot be broken") {
  Scene scene(Settings(1), {{2, 2, 2}});
  CHECK_FALSE(Effective(scene.Act(scene.Break({3, 2, 2}))));
  CHECK(Effective(scene.Act(scene.Break({3, 1, 2}))));
  CHECK_FALSE(Effective(scene.Act(scene.Break({3, 0, 2}))));
  CHECK(scene.At({3, 0, 2}) == kBedrock);
}

TEST_CASE("break: not where another player's body is") {
  Scene scene(Settings(2), {{2, 2, 2}, {3, 2, 2}});
  scene.Set({3, 2, 2}, kWool);
  CHECK_FALSE(Effective(scene.Act(scene.Break({3, 2, 2}))));
  scene.state.players[1].feet = {5, 2, 5};
  CHECK(Effective(scene.Act(scene.Break({3, 2, 2}))));
}

TEST_CASE("teleportation: acts from wherever the target is seen, through other players") {
  Scene scene(Settings(2, [](auto& c) { c.abilities.teleportation = true; }), {kCorner, kCorner});
  CHECK(Effective(scene.Act(scene.Place({5, 2, 5}, kWool))));
  CHECK(Effective(scene.Act(scene.Break({5, 2, 5}))));
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMovePosX))));
  CHECK_FALSE(scene.game.actions().Has(ActionType::kMovePosX));
  // A block walled in on all sides is seen from nowhere.
  for (int x = 0; x < 6; ++x) {
    for (int z = 0; z < 6; ++z) {
      for (int y = 2; y <= 4; ++y) scene.Set({x, y, z}, kStone);
    }
  }
  CHECK_FALSE(Effective(scene.Act(scene.Break({3, 3, 3}))));
  CHECK(Effective(scene.Act(scene.Break({3, 4, 3}))));
}

// ---- Rewards

TEST_CASE("rewards: similarity of right, wrong and missing blocks") {
  GameConfig config = Settings(1);
  config.players[0].rewards.place_wrong = -0.5;
  config.players[0].rewards.incorrect_action = -0.25;
  const Cell wanted = {3, 2, 2}, free = {2, 2, 3};
  Scene scene(config, {{2, 2, 2}}, {{wanted, kWool}});
  const auto expect = [&](const Action& action, double reward, bool correct) {
    const PlayerOutcome outcome = scene.Act(action);
    CHECK(Effective(outcome));
    CHECK(outcome.goal_dependent == Approx(reward));
    CHECK(outcome.correct == correct);
  };
  expect(scene.Place(wanted, kStone), -0.5 - 0.25, false);  // A wrong block where one belongs,
  expect(scene.Break(wanted), 0.5, true);                   // and taken away again.
  expect(scene.Place(wanted, kWool), 1, true);
  expect(scene.Break(wanted), -1 - 0.25, false);
  expect(scene.Place(free, kStone), -1 - 0.25, false);  // A block where air belongs.
  expect(scene.Break(free), 1, true);
  const PlayerOutcome failed = scene.Act(scene.Break(free));
  CHECK(failed.goal_dependent == 0);  // No penalty for what had no effect.
}

TEST_CASE("rewards: a break that changes nothing is correct, a place is not") {
  GameConfig config = Settings(1);
  config.players[0].rewards.place_wrong = 0.0;
  config.players[0].rewards.incorrect_action = -1.0;
  Scene scene(config, {{2, 2, 2}}, {{{3, 2, 2}, kWool}});
  const PlayerOutcome place = scene.Act(scene.Place({3, 2, 2}, kStone));
  CHECK(place.goal_dependent == -1.0);
  CHECK_FALSE(place.correct);
  const PlayerOutcome broken = scene.Act(scene.Break({3, 2, 2}));
  CHECK(broken.goal_dependent == 0.0);
  CHECK(broken.correct);
}

TEST_CASE("rewards: noop and action, own and shared, by the global timestep") {
  GameConfig config = Settings(2);
  config.players[0].rewards.noop = Schedule({{0, -1.0}, {100, 0.0}});
  config.players[0].rewards.own_reward_prop = 0.25;
  config.players[1].rewards.action = 8.0;
  config.players[1].rewards.own_reward_prop = 1.0;
  Scene scene(config, {{2, 2, 2}, {4, 2, 4}}, {}, /*global_timestep=*/50);
  const StepOutcome outcome = scene.Step({Action{}, Move(ActionType::kMovePosX)});
  CHECK(outcome.players[0].own_reward == -0.5);
  CHECK(outcome.players[1].own_reward == 8.0);
  CHECK(outcome.players[0].reward == Approx(0.25 * -0.5 + 0.75 * 7.5));
  CHECK(outcome.players[1].reward == Approx(8.0));
}

TEST_CASE("goal percentage: relative to the start, per player, NaN where nothing is to do") {
  GameConfig config = Settings(2);
  config.players[1].rewards.place_wrong = 0.0;
  Scene scene(config, {{2, 2, 2}, {5, 2, 5}}, {{{3, 2, 2}, kWool}, {{2, 2, 3}, kLog}});
  const StepOutcome wrong = scene.Step({scene.Place({3, 2, 2}, kStone), Action{}});
  CHECK(wrong.players[0].goal_percentage == Approx(-0.5));
  CHECK(wrong.players[1].goal_percentage == Approx(0.0));
  CHECK(wrong.goal_similarity == 214);

  Scene complete(Settings(1), {kCorner});
  CHECK(std::isnan(complete.Act(Action{}).goal_percentage));
}

// ---- Order and time

TEST_CASE("order: later players see what earlier ones did in the same step") {
  Scene scene(Settings(2), {{2, 2, 2}, {1, 2, 2}});
  const std::vector<Action> both = {Move(ActionType::kMovePosX), Move(ActionType::kMovePosX)};
  scene.Step(both);
  CHECK(scene.state.players[0].feet == Cell{3, 2, 2});
  CHECK(scene.state.players[1].feet == Cell{2, 2, 2});

  Scene reversed(Settings(2), {{1, 2, 2}, {2, 2, 2}});
  reversed.Step(both);
  CHECK(reversed.state.players[0].feet == Cell{1, 2, 2});
  CHECK(reversed.state.players[1].feet == Cell{3, 2, 2});
}

TEST_CASE("order: two places in one voxel, the first player's counts") {
  Scene scene(Settings(2), {{2, 2, 2}, {4, 2, 2}});
  const StepOutcome outcome =
      scene.Step({scene.Place({3, 2, 2}, kWool), scene.Place({3, 2, 2}, kLog)});
  CHECK(scene.At({3, 2, 2}) == kWool);
  CHECK_FALSE(Effective(outcome.players[1]));
}

TEST_CASE("order: gives come first") {
  Scene scene(FiniteBlocks(2), {{2, 2, 2}, {3, 2, 2}});
  scene.Bag(1).Add(kWool, 3);
  // Player 0 would be gone before player 1 gives.
  const StepOutcome outcome =
      scene.Step({Move(ActionType::kMoveNegX), scene.Give({2, 2, 2}, kWool)});
  CHECK(Effective(outcome.players[1]));
  CHECK(scene.Bag(0).Count(kWool) == 3);
  CHECK(scene.state.players[0].feet == Cell{1, 2, 2});
}

TEST_CASE("timestep skip: a player acts only in its timesteps, but keeps its turn") {
  GameConfig config = Settings(2);
  config.players[0].timestep_skip = 3;
  config.players[0].rewards.noop = -1.0;
  Scene scene(config, {{1, 2, 1}, {4, 2, 4}});
  std::vector<bool> acted;
  for (int t = 0; t < 4; ++t) {
    const PlayerOutcome outcome =
        scene.Act(Move(t % 2 == 0 ? ActionType::kMovePosX : ActionType::kMovePosZ));
    acted.push_back(Effective(outcome));
    CHECK(outcome.goal_independent == (acted.back() ? 0.0 : -1.0));
  }
  CHECK(acted == std::vector<bool>{true, false, false, true});
}

TEST_CASE("ends: horizon, completion, no progress") {
  GameConfig config = Settings(1);
  config.horizon = 2;
  Scene scene(config, {{2, 2, 2}});
  CHECK_FALSE(scene.Step({Action{}}).done());
  CHECK(scene.Step({Action{}}).horizon_reached);

  for (const bool terminate : {true, false}) {
    config = Settings(1);
    config.terminate_on_goal_completion = terminate;
    Scene building(config, {{2, 2, 2}}, {{{3, 2, 2}, kWool}});
    const StepOutcome outcome = building.Step({building.Place({3, 2, 2}, kWool)});
    CHECK(outcome.players[0].goal_percentage == 1.0);
    CHECK(outcome.goal_completed == terminate);
    CHECK(outcome.done() == terminate);
  }
}

TEST_CASE("no progress: only a new best percentage starts the count again") {
  GameConfig config = Settings(1);
  config.truncate_on_no_progress_timesteps = 3;
  Scene scene(config, {{2, 2, 2}}, {{{3, 2, 2}, kWool}, {{2, 2, 3}, kWool}});
  const Action place = scene.Place({3, 2, 2}, kWool), undo = scene.Break({3, 2, 2});
  CHECK_FALSE(scene.Step({Action{}}).done());
  CHECK_FALSE(scene.Step({place}).done());
  CHECK(scene.state.steps_without_progress == 0);
  CHECK_FALSE(scene.Step({undo}).done());
  CHECK_FALSE(scene.Step({place}).done());  // As good as before is not better.
  CHECK(scene.state.steps_without_progress == 2);
  const StepOutcome last = scene.Step({Action{}});
  CHECK(last.no_progress);
  CHECK(last.done());
}

// ---- Moves

TEST_CASE("moves: world, blocks at feet and head, other bodies") {
  Scene scene(Settings(2), {{2, 2, 2}, {2, 4, 3}});
  CHECK(Effective(scene.Act(Move(ActionType::kMovePosZ))));        // Under the other's feet,
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMovePosY))));  // not into them.
  CHECK(Effective(scene.Act(Move(ActionType::kMoveNegZ))));
  scene.Set({3, 3, 2}, kGlass);
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMovePosX))));  // The head would hit it.
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMoveNegY))));  // Dirt.
  for (int i = 0; i < 3; ++i) CHECK(Effective(scene.Act(Move(ActionType::kMovePosY))));
  CHECK(scene.state.players[0].feet.y == 5);  // The head may leave the world, the feet may not.
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMovePosY))));
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMovePosZ))));  // One above the other's feet.
  scene.state.players[0].feet = {0, 2, 0};
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMoveNegX))));
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMoveNegZ))));
}

// ---- Finite blocks

TEST_CASE("palette: one block of each kind at the far end, as deep as the world allows") {
  const Scene scene(FiniteBlocks(1), {kCorner});
  for (int z = 0; z < 6; ++z) CHECK(scene.game.goal()[scene.game.size().Index({5, 2, z})] == z + 2);
  GameConfig deep = FiniteBlocks(1);
  deep.size.d = 9;
  const Scene more(deep, {kCorner});
  CHECK(more.At({5, 2, 7}) == kWool);
  CHECK(more.At({5, 2, 8}) == kAir);
}

TEST_CASE("palette: gives without end, pays for new kinds, never counts as progress") {
  GameConfig config = FiniteBlocks(1);
  config.players[0].rewards.get_resources = 2.0;
  config.players[0].rewards.action = -0.5;
  Scene scene(config, {{4, 2, 3}});
  const Cell dirt = {5, 2, 0}, log = {5, 2, 3};
  const PlayerOutcome first = scene.Act(scene.Break(log));
  CHECK(Effective(first));
  CHECK_FALSE(first.correct);
  CHECK(first.goal_dependent == 0.0);
  CHECK(first.goal_independent == 1.5);
  CHECK(scene.At(log) == kLog);
  CHECK(scene.state.last_interacted[scene.game.size().Index(log)] == 0);
  CHECK(scene.Act(scene.Break(log)).goal_independent == -0.5);  // A kind already held.
  CHECK(scene.Act(scene.Break(dirt)).goal_independent == 1.5);
  CHECK(scene.Bag(0).Count(kLog) == 2);
  CHECK(scene.Bag(0).Count(kDirt) == 1);
}

TEST_CASE("palette: a place there is paid for, then undone") {
  Scene scene(FiniteBlocks(1), {{4, 2, 3}}, {{{3, 2, 3}, kWool}});
  scene.Bag(0).Add(kWool, 1);
  const StepOutcome outcome = scene.Step({scene.Place({5, 3, 3}, kWool)});
  CHECK(Effective(outcome.players[0]));
  CHECK(outcome.players[0].goal_dependent == -1.0);
  CHECK(outcome.players[0].goal_percentage == -1.0);  // Measured before the palette is restored.
  CHECK(scene.At({5, 3, 3}) == kAir);
  CHECK(scene.Bag(0).Count(kWool) == 0);
  CHECK(scene.game.GoalPercentage(scene.state, 0) == 0.0);
}

TEST_CASE("finite blocks: a place needs the block, a break needs room for it") {
  Scene scene(FiniteBlocks(1), {{2, 2, 2}});
  CHECK_FALSE(Effective(scene.Act(scene.Place({3, 2, 2}, kWool))));
  scene.Bag(0).Add(kWool, 1);
  CHECK(Effective(scene.Act(scene.Place({3, 2, 2}, kWool))));
  CHECK(scene.Bag(0).Count(kWool) == 0);
  for (auto& slot : scene.Bag(0).slots()) slot = {kStone, 64};
  CHECK_FALSE(Effective(scene.Act(scene.Break({3, 2, 2}))));
  scene.Bag(0).slots()[20] = {kWool, 63};
  CHECK(Effective(scene.Act(scene.Break({3, 2, 2}))));
  CHECK(scene.Bag(0).Count(kWool) == 64);
}

TEST_CASE("give: up to five blocks to the feet of a neighbour") {
  Scene scene(FiniteBlocks(3), {{2, 2, 2}, {3, 3, 3}, {5, 2, 4}});
  scene.Bag(0).Add(kWool, 7);
  CHECK_FALSE(Effective(scene.Act(scene.Give({3, 4, 3}, kWool))));  // A head.
  CHECK_FALSE(Effective(scene.Act(scene.Give({5, 2, 4}, kWool))));  // Too far.
  CHECK_FALSE(Effective(scene.Act(scene.Give({2, 2, 2}, kWool))));  // Oneself.
  CHECK_FALSE(Effective(scene.Act(scene.Give({3, 2, 2}, kWool))));  // Nobody there.
  CHECK(Effective(scene.Act(scene.Give({3, 3, 3}, kWool))));
  CHECK(scene.Bag(1).Count(kWool) == 5);
  CHECK(Effective(scene.Act(scene.Give({3, 3, 3}, kWool))));
  CHECK(scene.Bag(1).Count(kWool) == 7);
  CHECK(scene.Bag(0).Count(kWool) == 0);
  CHECK_FALSE(Effective(scene.Act(scene.Give({3, 3, 3}, kWool))));  // Nothing left to give.
  scene.state.players[1].feet = {3, 4, 3};
  scene.Bag(0).Add(kWool, 1);
  CHECK_FALSE(Effective(scene.Act(scene.Give({3, 4, 3}, kWool))));  // Two above.
}

TEST_CASE("give: all or nothing when the receiver is short of room, and nothing relabels a slot") {
  Scene scene(FiniteBlocks(2), {{2, 2, 2}, {3, 2, 2}});
  scene.Bag(0).Add(kWool, 5);
  for (auto& slot : scene.Bag(1).slots()) slot = {kStone, 64};
  scene.Bag(1).slots()[3] = {kWool, 60};
  CHECK_FALSE(Effective(scene.Act(scene.Give({3, 2, 2}, kWool))));
  CHECK(scene.Bag(0).Count(kWool) == 5);
  scene.Bag(1).slots()[3] = {kWool, 59};
  CHECK(Effective(scene.Act(scene.Give({3, 2, 2}, kWool))));

  scene.Bag(1) = Inventory();
  CHECK_FALSE(Effective(scene.Act(scene.Give({3, 2, 2}, kLog))));
  CHECK(scene.Bag(1).slots()[0] == Inventory::Slot{kLog, 0});
}

// ---- Trusted people

TEST_CASE("people: their client's word stands for sight and target, not for other bodies") {
  Scene scene(TrustedHuman(true), {kCorner, {2, 2, 2}});
  CHECK(Effective(scene.Act(scene.Place({5, 5, 5}, kWool))));  // Far, in mid-air.
  CHECK(Effective(scene.Act(scene.Place({5, 5, 5}, kLog))));   // Over a block.
  CHECK(scene.At({5, 5, 5}) == kLog);
  CHECK(Effective(scene.Act(scene.Break({5, 5, 5}))));
  CHECK_FALSE(Effective(scene.Act(scene.Place({2, 2, 2}, kWool))));
  CHECK_FALSE(Effective(scene.Act(scene.Break({2, 3, 2}))));
  // The other player is held to the rules.
  CHECK_FALSE(Effective(scene.Step({Action{}, scene.Place({5, 5, 5}, kWool)}).players[1]));
}

TEST_CASE("people walk through players, not through blocks") {
  Scene scene(TrustedHuman(true), {{1, 2, 2}, {2, 2, 2}});
  CHECK(Effective(scene.Act(Move(ActionType::kMovePosX))));
  CHECK(scene.state.players[0].feet == Cell{2, 2, 2});
  scene.Set({3, 2, 2}, kStone);
  CHECK_FALSE(Effective(scene.Act(Move(ActionType::kMovePosX))));
}

TEST_CASE("people give one block at a time, over any distance") {
  Scene scene(TrustedHuman(false), {kCorner, {4, 2, 4}});
  scene.Bag(0).Add(kWool, 2);
  CHECK(Effective(scene.Act(scene.Give({4, 2, 4}, kWool))));
  CHECK(scene.Bag(0).Count(kWool) == 1);
  CHECK(scene.Bag(1).Count(kWool) == 1);
  scene.Bag(0).Take(kWool, 1);
  CHECK_FALSE(Effective(scene.Act(scene.Give({4, 2, 4}, kWool))));
}

TEST_CASE("people, too, place only what they carry") {
  Scene scene(TrustedHuman(false), {kCorner, {4, 2, 4}});
  CHECK_FALSE(Effective(scene.Act(scene.Place({2, 2, 2}, kWool))));
  scene.Bag(0).Add(kWool, 1);
  CHECK(Effective(scene.Act(scene.Place({2, 2, 2}, kWool))));
}

// ---- Masks that disagree with steps, as in the reference (Section 4)

TEST_CASE("mask and step disagree where the rules say so") {
  Scene scene(FiniteBlocks(2), {{2, 2, 2}, {3, 4, 2}});
  scene.Bag(0).Add(kWool, 10);
  const auto masked_in = [&](const Action& action) {
    return ActionMask(scene.game, scene.state, 0, false)[scene.game.actions().Flatten(action)] != 0;
  };
  // Gives: the mask measures from the head, the step from the feet.
  CHECK(masked_in(scene.Give({3, 4, 2}, kWool)));
  CHECK_FALSE(Effective(scene.Act(scene.Give({3, 4, 2}, kWool))));
  scene.state.players[1].feet = {3, 1, 2};
  CHECK_FALSE(masked_in(scene.Give({3, 1, 2}, kWool)));
  CHECK(Effective(scene.Act(scene.Give({3, 1, 2}, kWool))));
  // The own body: excluded by the mask alone.
  CHECK_FALSE(masked_in(scene.Place({2, 2, 2}, kWool)));
  CHECK(Effective(scene.Act(scene.Place({2, 2, 2}, kWool))));
}

// ---- Actions from outside

TEST_CASE("actions from outside are checked by player and field") {
  const Scene scene(Settings(2), {kCorner, {3, 2, 3}});
  const auto message = [&](const std::vector<Action>& actions) {
    return std::string(scene.game.CheckActions(actions).message());
  };
  CHECK(scene.game.CheckActions(std::vector<Action>(2)).ok());
  CHECK(scene.game.CheckActions({{ActionType::kPlace, 215, kWool}, {}}).ok());
  CHECK_THAT(message({{}}), Catch::Contains("2 players, got 1"));
  CHECK_THAT(message({{}, {static_cast<ActionType>(10), 0, kAir}}),
             Catch::Contains("player 1") && Catch::Contains("type is 10"));
  CHECK_THAT(message({{ActionType::kPlace, 216, kWool}, {}}),
             Catch::Contains("player 0") && Catch::Contains("location is 216"));
  CHECK_THAT(message({{ActionType::kBreak, -1, kAir}, {}}), Catch::Contains("location is -1"));
  CHECK_THAT(message({{}, {ActionType::kPlace, 0, 10}}), Catch::Contains("block is 10"));
  CHECK_THAT(message({{}, {ActionType::kMovePosX, 5, kAir}}), Catch::Contains("unused location"));
  CHECK_THAT(message({{}, {ActionType::kBreak, 5, kWool}}), Catch::Contains("unused block"));
}

}  // namespace
}  // namespace hod::env
