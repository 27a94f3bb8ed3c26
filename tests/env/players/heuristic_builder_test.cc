#include "env/players/heuristic_builder.h"

#include <set>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::env {
namespace {

// Does nothing, or what `script` says.
class ScriptedModel final : public Player {
 public:
  using Script = std::function<Action(const State&)>;
  ScriptedModel(const Game& game, Script script) : game_(game), script_(std::move(script)) {}

  const ActionDistribution& NextAction(const State& state) override {
    distribution_ = {{game_.actions().Flatten(script_ ? script_(state) : Action{}), 1.0f}};
    return distribution_;
  }
  void Observe(const State&, int32_t) override {}

 private:
  const Game& game_;
  Script script_;
  ActionDistribution distribution_;
};

BuilderStyle StyleOf(uint64_t seed) {
  Rng rng(seed);
  return DrawStyle(rng);
}

// Steps a builder may take in all: the slowest pauses most of the time.
int PatienceFor(const Game& game, const State& start) {
  return 500 + 40 * NeededEdits(game, start);
}

void CheckWellFormed(const ActionDistribution& distribution) {
  REQUIRE_FALSE(distribution.empty());
  double total = 0;
  for (size_t i = 0; i < distribution.size(); ++i) {
    CHECK(distribution[i].second > 0);
    if (i > 0) CHECK(distribution[i - 1].first < distribution[i].first);
    total += distribution[i].second;
  }
  CHECK(total == Approx(1.0).margin(1e-5));
}

TEST_CASE("Alone it completes houses in worlds of all sizes with valid actions only") {
  const WorldSize size = GENERATE(WorldSize{7, 7, 7}, WorldSize{11, 10, 10}, WorldSize{9, 12, 16},
                                  WorldSize{20, 20, 20});
  const Game game = HouseGame(ConfigOf(size, 1), 3);
  Rng rng(4);
  State state = game.Reset(rng);
  const int patience = PatienceFor(game, state);
  HeuristicBuilder builder(game, 0, StyleOf(5), 6);
  const bool check_mask = size.Volume() <= 1100;  // The mask takes long.
  std::vector<int32_t> valid;
  const int steps = Play(game, {&builder}, state, rng, patience, [&](const StepRecord& record) {
    CheckWellFormed(record.distribution);
    const Action& action = record.actions[0];
    if (action.type != ActionType::kNoop) {
      REQUIRE(record.outcome.players[0].effective_action == action);
    }
    if (!check_mask) return;
    ValidActions(game, record.before, 0, /*line_of_sight=*/true, valid);
    for (const auto& [id, probability] : record.distribution) {
      REQUIRE(std::binary_search(valid.begin(), valid.end(), id));
    }
  });
  CHECK(steps < patience);
  CHECK(state.num_matches == size.Volume());
}

TEST_CASE("It completes goals with floating and enclosed cells") {
  const double density = GENERATE(0.1, 0.5, 1.0);
  const Game game = RandomGame(ConfigOf({9, 9, 8}, 1), density, 7);
  Rng rng(8);
  State state = game.Reset(rng);
  const int patience = PatienceFor(game, state);
  HeuristicBuilder builder(game, 0, BuilderStyle{}, 9);
  CHECK(Play(game, {&builder}, state, rng, patience) < patience);
}

TEST_CASE("It digs all its ground before it builds") {
  const Game game = HouseGame(ConfigOf({11, 10, 10}, 1), 10);
  Rng rng(11);
  State state = game.Reset(rng);
  HeuristicBuilder builder(game, 0, StyleOf(12), 13);
  bool placed = false;
  Play(game, {&builder}, state, rng, 5000, [&](const StepRecord& record) {
    const Action& action = record.actions[0];
    placed |= action.type == ActionType::kPlace;
    if (action.type != ActionType::kBreak || !placed) return;
    CHECK(record.before.last_interacted[action.location] != kNobody);
  });
  CHECK(placed);
}

TEST_CASE("The same seed gives the same episode, and asking twice the same answer") {
  const Game game = HouseGame(ConfigOf({11, 10, 10}, 1), 14);
  Rng rng(15);
  const State start = game.Reset(rng);
  std::vector<Action> first, second, other;
  const auto play = [&](uint64_t seed, std::vector<Action>& actions) {
    State state = start;
    HeuristicBuilder builder(game, 0, BuilderStyle{}, seed);
    Play(game, {&builder}, state, rng, 300, [&](const StepRecord& record) {
      actions.push_back(record.actions[0]);  // Play() asks twice and draws from the first.
    });
  };
  play(1, first);
  play(1, second);
  play(2, other);
  CHECK(first == second);
  CHECK(first != other);

  HeuristicBuilder builder(game, 0, BuilderStyle{}, 1);
  const ActionDistribution answer = builder.NextAction(start);
  CHECK(builder.NextAction(start) == answer);
}

TEST_CASE("It removes what a vandal builds and breaks") {
  const Game game = HouseGame(ConfigOf({11, 10, 10}, 2), 16);
  Rng rng(17);
  State state = game.Reset(rng);
  HeuristicBuilder builder(game, 0, BuilderStyle{}, 18);
  Rng vandal_rng(19);
  std::vector<int32_t> valid;
  const auto vandalise = [&](const State& s) -> Action {
    if (s.timestep >= 600) return {};
    ValidActions(game, s, 1, /*line_of_sight=*/true, valid);
    return game.actions().Unflatten(valid[vandal_rng.Below(static_cast<int>(valid.size()))]);
  };
  ScriptedModel vandal(game, vandalise);
  int damage = 0;
  const int steps = Play(game, {&builder, &vandal}, state, rng, 20000, [&](const StepRecord& r) {
    const PlayerOutcome& out = r.outcome.players[1];
    damage += out.effective_action.type == ActionType::kPlace && !out.correct;
  });
  CHECK(damage > 100);
  CHECK(steps < 20000);
}

TEST_CASE("Two builders get in each other's way and still finish, sooner than one") {
  const WorldSize size = GENERATE(WorldSize{7, 7, 7}, WorldSize{11, 10, 10});
  int alone = 0, together = 0;
  for (uint64_t seed = 20; seed < 24; ++seed) {
    for (const int num_players : {1, 2}) {
      const Game game = HouseGame(ConfigOf(size, num_players), seed);
      Rng rng(seed);
      State state = game.Reset(rng);
      std::vector<std::unique_ptr<HeuristicBuilder>> builders;
      std::vector<Player*> models;
      for (int p = 0; p < num_players; ++p) {
        builders.push_back(std::make_unique<HeuristicBuilder>(game, p, BuilderStyle{}, seed + p));
        models.push_back(builders.back().get());
      }
      const int patience = PatienceFor(game, state);
      const int steps = Play(game, models, state, rng, patience);
      CHECK(steps < patience);
      (num_players == 1 ? alone : together) += steps;
    }
  }
  CHECK(together < 0.8 * alone);
}

TEST_CASE("A body in the goal delays only the cells it fills and its way out") {
  const GameConfig config = ConfigOf({9, 9, 9}, 2);
  std::vector<Block> goal = EmptyWorld(config.size);
  for (int y = 1; y <= 4; ++y) {
    for (int x = 2; x <= 6; ++x) {
      for (int z = 2; z <= 6; ++z) goal[config.size.Index({x, y, z})] = kStone;
    }
  }
  const Game game(config, goal);
  Rng rng(25);
  State state = game.Reset(rng);
  state.players[0].feet = {0, 2, 0};
  state.players[1].feet = {4, 2, 4};
  HeuristicBuilder builder(game, 0, BuilderStyle{}, 26);
  ScriptedModel idler(game, nullptr);
  Play(game, {&builder, &idler}, state, rng, 3000);
  CHECK(state.num_matches >= config.size.Volume() - 4);
  CHECK(state.num_matches <= config.size.Volume() - 2);

  state.players[1].feet = {0, 2, 8};
  CHECK(Play(game, {&builder, &idler}, state, rng, 1000) < 1000);
}

TEST_CASE("Walled in, it digs itself out and puts right what it broke") {
  const GameConfig config = ConfigOf({9, 9, 9}, 1);
  std::vector<Block> goal = EmptyWorld(config.size);
  for (int x = 0; x <= 2; ++x) {
    for (int y = 2; y <= 5; ++y) {
      for (int z = 0; z <= 2; ++z) {
        const bool inside = x == 1 && z == 1 && (y == 2 || y == 3);
        goal[config.size.Index({x, y, z})] = inside ? kAir : kGlass;
      }
    }
  }
  State start;
  start.blocks = goal;
  goal[config.size.Index({7, 2, 7})] = kPlanks;
  const Game game(config, goal);
  start.players.resize(1);
  start.players[0].feet = {1, 2, 1};
  State state = game.Begin(start);
  HeuristicBuilder builder(game, 0, BuilderStyle{}, 27);
  CHECK(Play(game, {&builder}, state, Rng(28), 3000) < 3000);
}

TEST_CASE("Buried in the goal, it gets out and fills the hole it stood in") {
  const GameConfig config = ConfigOf({9, 10, 9}, 1);
  std::vector<Block> goal = EmptyWorld(config.size);
  for (int x = 1; x <= 7; ++x) {
    for (int y = 2; y <= 7; ++y) {
      for (int z = 1; z <= 7; ++z) goal[config.size.Index({x, y, z})] = kStonebrick;
    }
  }
  const Game game(config, goal);
  State start;
  start.blocks = goal;
  for (const int y : {3, 4}) start.blocks[config.size.Index({4, y, 4})] = kAir;
  start.players.resize(1);
  start.players[0].feet = {4, 3, 4};
  for (uint64_t seed = 0; seed < 10; ++seed) {
    State state = game.Begin(start);
    HeuristicBuilder builder(game, 0, BuilderStyle{}, seed);
    CHECK(Play(game, {&builder}, state, Rng(seed), 3000) < 3000);
  }
}

TEST_CASE("With finite blocks it takes what it needs from the palette") {
  const WorldSize size = GENERATE(WorldSize{7, 7, 7}, WorldSize{11, 10, 10});
  // A narrow world's palette holds only some types; the dirt to planks of these goals are in all.
  const GameConfig config = ConfigOf(size, 1, /*inf_blocks=*/false);
  Rng rng(29);
  House house = AirHouse(MaxHouseSize(config));
  for (Block& block : house.blocks) block = rng.Chance(0.4) ? rng.Between(kDirt, kPlanks) : kAir;
  const Game game(config, GoalFromHouse(config, house.size, house.blocks));
  State state = game.Reset(rng);
  const int patience = 3 * PatienceFor(game, state);
  HeuristicBuilder builder(game, 0, BuilderStyle{}, 30);
  std::vector<int32_t> valid;
  const int steps = Play(game, {&builder}, state, rng, patience, [&](const StepRecord& record) {
    ValidActions(game, record.before, 0, /*line_of_sight=*/true, valid);
    for (const auto& [id, probability] : record.distribution) {
      REQUIRE(std::binary_search(valid.begin(), valid.end(), id));
    }
  });
  CHECK(steps < patience);
}

TEST_CASE("It rests when the goal stands and when it is not its turn") {
  GameConfig config = ConfigOf({7, 7, 7}, 1);
  config.players[0].timestep_skip = 5;
  const Game game = HouseGame(config, 31);
  Rng rng(32);
  State state = game.Reset(rng);
  HeuristicBuilder builder(game, 0, BuilderStyle{}, 33);
  const int steps = Play(game, {&builder}, state, rng, 20000, [&](const StepRecord& record) {
    if (record.before.timestep % 5 != 0) CHECK(record.actions[0] == Action{});
  });
  CHECK(steps < 20000);
  CHECK(builder.NextAction(state) == ActionDistribution{{0, 1.0f}});
}

TEST_CASE("Styles stay in their documented ranges and differ") {
  std::set<double> pauses;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const BuilderStyle style = StyleOf(seed);
    CHECK((style.pause >= 0.0 && style.pause <= 0.6));
    CHECK((style.slip >= 0.0 && style.slip <= 0.2));
    CHECK((style.eye_distance >= 1.5 && style.eye_distance <= 2.8));
    pauses.insert(style.pause);
  }
  CHECK(pauses.size() > 190);
}

TEST_CASE("It walls nobody in, and finishes once the other has left") {
  const GameConfig config = ConfigOf({7, 7, 7}, 2);
  const WorldSize house = MaxHouseSize(config);
  std::vector<Block> blocks(house.Volume(), kAir);
  for (int i = 0; i < house.Volume(); ++i) {  // A solid block of stone.
    const Cell c = house.At(i);
    if (c.y < 3 && c.x < 4 && c.z < 4) blocks[i] = kStone;
  }
  const Game game(config, GoalFromHouse(config, house, blocks));
  State state;
  state.blocks = game.goal();
  for (const int y : {1, 2, 3}) state.blocks[config.size.Index({2, y, 2})] = kAir;
  state.players.resize(2);
  state.players[0].feet = {5, 2, 5};
  state.players[1].feet = {2, 1, 2};
  state = game.Begin(std::move(state));

  HeuristicBuilder builder(game, 0, StyleOf(5), 6);
  bool leaves = false;
  ScriptedModel other(game, [&](const State& now) {
    const Cell feet = now.players[1].feet;
    if (leaves) return Action{feet.y + 1 < 7 ? ActionType::kMovePosY : ActionType::kMovePosX};
    return Action{};
  });
  CHECK(Play(game, {&builder, &other}, state, Rng(7), 300) == 300);
  CHECK(state.blocks[config.size.Index({2, 3, 2})] == kAir);
  leaves = true;
  CHECK(Play(game, {&builder, &other}, state, Rng(8), 1000) < 1000);
}

}  // namespace
}  // namespace hod::env
