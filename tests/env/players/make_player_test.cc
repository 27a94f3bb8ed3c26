#include "env/players/make_player.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "env/game/action_mask.h"
#include "env/players/player.h"
#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::env {
namespace {

TEST_CASE("Sample draws each action as often as its probability says") {
  const ActionDistribution distribution = {{3, 0.5f}, {7, 0.3f}, {9, 0.2f}};
  Rng rng(1);
  int counts[10] = {};
  for (int i = 0; i < 10000; ++i) ++counts[Sample(distribution, rng)];
  CHECK(counts[3] == Approx(5000).margin(200));
  CHECK(counts[7] == Approx(3000).margin(200));
  CHECK(counts[9] == Approx(2000).margin(200));
}

TEST_CASE("Human models by name") {
  const Game game = HouseGame(ConfigOf({11, 10, 10}, 2), 1);
  SECTION("an unknown name is an error that lists the names") {
    const auto model = MakePlayer("perfect", game, 0, 1);
    REQUIRE_FALSE(model.ok());
    for (const char* part :
         {"perfect", "heuristic", "layers", "lowest", "mirror", "noop", "random"}) {
      CHECK(absl::StrContains(model.status().message(), part));
    }
  }
  SECTION("the player must exist") {
    CHECK_FALSE(MakePlayer("noop", game, 2, 1).ok());
    CHECK_FALSE(MakePlayer("noop", game, -1, 1).ok());
    CHECK(MakePlayer("noop", game, 1, 1).ok());
  }
  SECTION("those that walk refuse teleportation") {
    const char* name = GENERATE("heuristic", "layers", "lowest", "mirror");
    GameConfig config = game.config();
    config.abilities.teleportation = true;
    const Game teleporting(config, game.goal());
    const auto model = MakePlayer(name, teleporting, 0, 1);
    REQUIRE_FALSE(model.ok());
    CHECK(absl::StrContains(model.status().message(), "abilities.teleportation"));
  }
}

TEST_CASE("The heuristic builder has the traits that are said, and draws the others") {
  const Game game = HouseGame(ConfigOf({11, 10, 10}, 1), 1);
  // Its first 300 actions.
  const auto play = [&](absl::StatusOr<std::unique_ptr<Player>> builder) {
    REQUIRE(builder.ok());
    Rng rng(3);
    State state = game.Reset(rng);
    std::vector<Action> actions;
    Play(game, {builder->get()}, state, rng, 300,
         [&](const StepRecord& record) { actions.push_back(record.actions[0]); });
    return actions;
  };
  const auto noops = [&](const std::string& pause) {
    const std::vector<Action> actions = play(MakeHeuristicBuilder({pause}, game, 0, 7));
    return std::count(actions.begin(), actions.end(), Action{});
  };
  CHECK(noops("pause=0.6") > 2 * noops("pause=0"));
  CHECK(play(MakeHeuristicBuilder({}, game, 0, 7)) == play(MakePlayer("heuristic", game, 0, 7)));
  CHECK(play(MakeHeuristicBuilder({"slip=0"}, game, 0, 7)) !=
        play(MakeHeuristicBuilder({"slip=0"}, game, 0, 8)));
  CHECK(MakeHeuristicBuilder({"slip=0", "pause=2"}, game, 0, 7).status().message() ==
        "pause=2: pause: expected a number from 0 to 0.6, got 2");
  CHECK(absl::StrContains(MakeHeuristicBuilder({"slip"}, game, 0, 7).status().message(),
                          "slip: expected key=value"));
  CHECK_FALSE(MakeHeuristicBuilder({}, game, 1, 7).ok());
}

TEST_CASE("The noop model does nothing, the random one anything valid") {
  const Game game = HouseGame(ConfigOf({11, 10, 10}, 1), 1);
  Rng rng(2);
  State state = game.Reset(rng);
  auto noop = MakePlayer("noop", game, 0, 1);
  auto random = MakePlayer("random", game, 0, 1);
  REQUIRE(noop.ok());
  REQUIRE(random.ok());
  CHECK((*noop)->NextAction(state) == ActionDistribution{{0, 1.0f}});

  int steps = 0;
  Play(game, {random->get()}, state, rng, 200, [&](const StepRecord& record) {
    std::vector<int32_t> valid;
    ValidActions(game, record.before, 0, /*line_of_sight=*/true, valid);
    REQUIRE(record.distribution.size() == valid.size());
    for (size_t i = 0; i < valid.size(); ++i) {
      CHECK(record.distribution[i].first == valid[i]);
      CHECK(record.distribution[i].second == Approx(1.0 / valid.size()));
    }
    ++steps;
  });
  CHECK(steps == 200);
}

}  // namespace
}  // namespace hod::env
