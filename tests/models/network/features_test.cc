#include "models/network/features.h"

#include <algorithm>
#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

struct Features {
  std::vector<float> planes, globals;
  friend bool operator==(const Features&, const Features&) = default;
};

Features Encode(const env::Game& game, const env::State& state, int player,
                const NetworkConfig& config = {}) {
  // Garbage beforehand: everything must be overwritten.
  Features features = {std::vector<float>(NumPlanes(config) * state.blocks.size(), 77.0f),
                       std::vector<float>(NumGlobals(config), 77.0f)};
  EncodeFeatures(config, {&game, &state, player}, absl::MakeSpan(features.planes),
                 absl::MakeSpan(features.globals));
  return features;
}

TEST_CASE("Features show blocks, bodies and edits from the player's side") {
  const env::Game game = BoxGame({7, 6, 5});
  Rng rng(1);
  env::State state = game.Reset(rng);
  const int volume = game.size().Volume();
  const int edited = game.size().Index({3, 2, 2}), other = game.size().Index({1, 2, 1});
  state.blocks[edited] = env::kGlass;
  state.last_interacted[edited] = 0;
  state.interacted_at[edited] = 6;
  state.last_interacted[other] = 1;
  state.interacted_at[other] = 2;
  state.timestep = 10;
  state.broken[0 * volume + other] = 1 << env::kGlass | 1 << env::kWool;  // Broken by player 0.
  const auto [planes, globals] = Encode(game, state, 1);
  const auto at = [&planes = planes, volume](int plane, int cell) {
    return planes[plane * volume + cell];
  };

  for (int cell = 0; cell < volume; ++cell) {
    for (int block = 0; block < env::kNumBlocks; ++block) {
      REQUIRE(at(kBlockPlane + block, cell) == (state.blocks[cell] == block ? 1.0f : 0.0f));
    }
    REQUIRE(at(kOnesPlane, cell) == 1.0f);
    REQUIRE(at(kOthersEditPlane, cell) == (cell == edited ? 1.0f : 0.0f));
    REQUIRE(at(kSelfEditPlane, cell) == (cell == other ? 1.0f : 0.0f));
  }
  CHECK(globals[kTimeGlobal] == Approx(std::exp(-10.0 / 64)));
  CHECK(globals[kTimeGlobal + 1] == Approx(std::exp(-10.0 / 512)));
  CHECK(at(kOthersRecentPlane, edited) == Approx(std::exp(-4.0 / 4)));
  CHECK(at(kOthersRecentPlane + 1, edited) == Approx(std::exp(-4.0 / 32)));
  CHECK(at(kSelfRecentPlane, edited) == 0.0f);
  CHECK(at(kSelfRecentPlane, other) == Approx(std::exp(-8.0 / 4)));

  const int self = game.size().Index(state.players[1].feet);
  const int human = game.size().Index(state.players[0].feet);
  CHECK(at(kSelfPlane, self) == 1.0f);
  CHECK(at(kOthersPlane, human) == 1.0f);
  CHECK(at(kPositionPlane, edited) == Approx(3.0 / 7));
  CHECK(at(kPositionPlane + 1, edited) == Approx(2.0 / 6));
  CHECK(at(kPositionPlane + 2, edited) == Approx(2.0 / 5));

  // What the other player placed, and all it removed.
  CHECK(at(kBuiltPlane + env::kGlass, edited) == 1.0f);
  CHECK(at(kBuiltPlane + env::kAir, edited) == 0.0f);
  CHECK(at(kBuiltPlane + state.blocks[other], other) == 0.0f);
  for (int block = 0; block < env::kNumBlocks; ++block) {
    const bool removed = block == env::kGlass || block == env::kWool;
    CHECK(at(kRejectedPlane + block, other) == (removed ? 1.0f : 0.0f));
    CHECK(at(kRejectedPlane + block, edited) == 0.0f);
  }

  // The other player sees the same edits the other way round.
  const std::vector<float> theirs = Encode(game, state, 0).planes;
  CHECK(theirs[kSelfEditPlane * volume + edited] == 1.0f);
  CHECK(theirs[(kRejectedPlane + env::kGlass) * volume + other] == 0.0f);
  CHECK(theirs[kOthersRecentPlane * volume + other] == Approx(std::exp(-8.0 / 4)));
}

TEST_CASE("Features show the goal to those who see it alone, and stay bounded in long episodes") {
  const env::Game game = BoxGame({6, 6, 6});
  const env::Game other_goal(game.config(), env::EmptyWorld(game.size()));
  env::State state = RandomState(game, 20, 5);
  CHECK(Encode(game, state, 1) == Encode(other_goal, state, 1));
  const std::vector<float> seen = Encode(game, state, 0, {.goal_visible = true}).planes;
  for (int i = 0; i < 216; ++i) {
    for (int block = 0; block < env::kNumBlocks; ++block) {
      const bool wanted = game.goal()[i] == block;
      REQUIRE(seen[(kWantedPlane + block) * 216 + i] == (wanted ? 1.0f : 0.0f));
    }
    const bool wrong = game.goal()[i] != state.blocks[i];
    REQUIRE(seen[kWrongPlane * 216 + i] == (wrong ? 1.0f : 0.0f));
  }
  state.timestep = 1'000'000;
  const Features features = Encode(game, state, 1);
  for (const float value : features.planes) REQUIRE((value >= 0.0f && value <= 1.0f));
  for (const float value : features.globals) REQUIRE((value >= 0.0f && value <= 1.0f));
}

TEST_CASE("Who sees the goal sees what there is to do from here") {
  const env::Game game = BoxGame({6, 6, 6});
  const NetworkConfig config = {.goal_visible = true};
  int places = 0, breaks = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const env::State state = RandomState(game, 60, seed);
    std::vector<int32_t> valid;
    env::ValidActions(game, state, 0, /*line_of_sight=*/true, valid);
    std::vector<float> planes(NumPlanes(config) * 216, 77.0f), globals(NumGlobals(config));
    EncodeFeatures(config, {&game, &state, 0, valid}, absl::MakeSpan(planes),
                   absl::MakeSpan(globals));
    for (int i = 0; i < 216; ++i) {
      const auto allowed = [&](env::ActionType type, env::Block block) {
        return std::binary_search(valid.begin(), valid.end(),
                                  game.actions().Flatten({type, i, block}));
      };
      const bool place = allowed(env::ActionType::kPlace, game.goal()[i]);
      const bool dig = state.blocks[i] != game.goal()[i] && allowed(env::ActionType::kBreak, 0);
      REQUIRE(planes[kPlaceNowPlane * 216 + i] == (place ? 1.0f : 0.0f));
      REQUIRE(planes[kBreakNowPlane * 216 + i] == (dig ? 1.0f : 0.0f));
      places += place;
      breaks += dig;
    }
  }
  CHECK(places > 0);
  CHECK(breaks > 0);
}

TEST_CASE("With teleportation there are no bodies") {
  const env::Game game = BoxGame({6, 6, 6}, /*teleportation=*/true);
  const std::vector<float> planes = Encode(game, RandomState(game, 5, 5), 0).planes;
  for (int i = kSelfPlane * 216; i < (kOthersPlane + 1) * 216; ++i) REQUIRE(planes[i] == 0.0f);
}

TEST_CASE("Inventories are shares of a stack, own and others'") {
  const env::Game game = BoxGame({6, 6, 6}, false, /*inf_blocks=*/false);
  Rng rng(3);
  env::State state = game.Reset(rng);
  state.players[0].inventory.Add(env::kGlass, 16);
  state.players[1].inventory.Add(env::kWool, 96);
  const std::vector<float> globals = Encode(game, state, 1, {.inventories = true}).globals;
  CHECK(globals[kSelfInventoryGlobal + env::kWool] == 1.5f);
  CHECK(globals[kSelfInventoryGlobal + env::kGlass] == 0.0f);
  CHECK(globals[kOthersInventoryGlobal + env::kGlass] == 0.25f);
}

TEST_CASE("The last actions and the newest blocks of both are seen from either side") {
  const env::Game game = BoxGame({6, 6, 6}, /*teleportation=*/true);
  Rng rng(1);
  env::State state = game.Reset(rng);
  const auto place = [&](int x, env::Block block) {
    return env::Action{env::ActionType::kPlace, game.size().Index({x, 2, 2}), block};
  };
  game.Step(state, {{place(1, env::kGlass), place(4, env::kWool)}});
  game.Step(state, {{place(2, env::kStone), {}}});
  const int stone = env::ChannelOf(place(2, env::kStone));
  for (const int player : {0, 1}) {
    const std::vector<float> globals = Encode(game, state, player).globals;
    const bool self = player == 0;
    std::vector<float> expected(NumGlobals({}), 0.0f);
    expected[kTimeGlobal] = globals[kTimeGlobal];
    expected[kTimeGlobal + 1] = globals[kTimeGlobal + 1];
    expected[(self ? kSelfLastGlobal : kOthersLastGlobal) + stone] = 1;
    expected[self ? kOthersLastGlobal : kSelfLastGlobal] = 1;  // A noop.
    expected[(self ? kSelfNewestGlobal : kOthersNewestGlobal) + env::kStone] = 1;
    expected[(self ? kOthersNewestGlobal : kSelfNewestGlobal) + env::kWool] = 1;
    CHECK(globals == expected);
  }
  // An action without effect is none to those who watch.
  game.Step(state, {{place(2, env::kWool), {}}});
  CHECK(state.players[0].last_action == env::Action{});
}

}  // namespace
}  // namespace hod::models
