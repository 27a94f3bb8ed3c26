// Frames: their size, what each display of the goal shows, and the words that go with them.
#include "env/draw/frame.h"

#include "tests/support/catch.h"
#include "tests/support/env/drawn_games.h"
#include "tests/support/env/pixels.h"

namespace hod::env {
namespace {

Canvas Frame(const Game& game, const Moment& moment, const FrameStyle& style) {
  FramePainter painter(&game, style);
  const Canvas& frame = painter.Draw(moment);
  Canvas copy(frame.width(), frame.height());
  copy.Paste(frame, 0, 0);
  return copy;
}

TEST_CASE("Frames of a game are of one size, and do not depend on those before") {
  const Game game = SmallGame();
  const std::vector<Moment> moments = RandomMoments(game);
  FramePainter painter(&game, {});
  for (const Moment& moment : moments) {
    const Canvas alone = Frame(game, moment, {});
    const Canvas& frame = painter.Draw(moment);
    REQUIRE(frame.width() == alone.width());
    REQUIRE(frame.height() == alone.height());
    REQUIRE(CountDifferent(frame, alone) == 0);
  }
}

TEST_CASE("The goal is a ghost in the world, or stands beside it, or is hidden") {
  const Game game = SmallGame();
  const Moment moment = {SmallStart(game), {}};
  const Canvas ghost = Frame(game, moment, {GoalDisplay::kGhost, false});
  const Canvas beside = Frame(game, moment, {GoalDisplay::kBeside, false});
  const Canvas hidden = Frame(game, moment, {GoalDisplay::kHidden, false});
  CHECK(beside.width() > ghost.width());
  CHECK(Frame(game, moment, {GoalDisplay::kBeside, true}).width() > beside.width());
  CHECK(Frame(game, moment, {GoalDisplay::kGhost, true}).width() == beside.width());
  constexpr Color kWrongRed{0.90, 0.10, 0.10};
  CHECK(CountColor(ghost, kWrongRed) > 0);
  CHECK(CountColor(beside, kWrongRed) > 0);
  CHECK(CountColor(hidden, kWrongRed) == 0);
}

TEST_CASE("Players who teleport have no place and are not drawn") {
  GameConfig config = SmallGame().config();
  config.abilities.teleportation = true;
  const Game game(config, SmallGame().goal());
  const Moment moment = {SmallStart(game), {}};
  CHECK(StyleOf(game, moment, GoalDisplay::kGhost).players.empty());
  CHECK(StyleOf(SmallGame(), moment, GoalDisplay::kGhost).players.size() == 2);
}

TEST_CASE("Moves are described with their effect") {
  const Game game = SmallGame();
  Moment moment = {SmallStart(game), {}};
  CHECK(DescribeProgress(game, moment.state) == "step 0, 0.0% of the goal, wrong 1, missing 2");
  const int near_human = game.size().Index({2, 2, 4}), sky = game.size().Index({3, 5, 3});
  Advance(game, {{ActionType::kPlace, near_human, kWool}, {ActionType::kPlace, sky, kWool}},
          moment);
  CHECK(DescribeMoves(game, moment)[0] == "human: places wool at 2,2,4");
  CHECK(DescribeMoves(game, moment)[1] == "assistant: places wool at 3,5,3 (no effect)");
  CHECK(StyleOf(game, moment, GoalDisplay::kHidden).touches.size() == 1);
  Advance(game, {{ActionType::kBreak, near_human}, {ActionType::kMovePosY}}, moment);
  CHECK(DescribeMoves(game, moment)[0] == "human: breaks 2,2,4");
  CHECK(DescribeMoves(game, moment)[1] == "assistant: moves up");
  Advance(game, {{}, {ActionType::kMoveNegZ}}, moment);
  CHECK(DescribeMoves(game, moment)[0] == "human: waits");
  CHECK(DescribeMoves(game, moment)[1] == "assistant: moves -z");
  CHECK(DescribeProgress(game, moment.state) == "step 3, 0.0% of the goal, wrong 1, missing 2");
}

TEST_CASE("Who sees the goal is the human, wherever the game has that player") {
  GameConfig config = SmallGame().config();
  config.players[0].goal_visible = false;
  const Game game(config, SmallGame().goal());
  CHECK(PlayersInOrder(game) == std::vector<int>{1, 0});
  Moment moment = {SmallStart(game), {}};
  CHECK(DescribeMoves(game, moment).empty());
  const WorldStyle style = StyleOf(game, moment, GoalDisplay::kGhost);
  CHECK(style.players == std::vector<Cell>{{4, 2, 1}, {1, 2, 4}});
  const int near_first = game.size().Index({2, 2, 4});
  Advance(game, {{ActionType::kPlace, near_first, kWool}, {ActionType::kMovePosY}}, moment);
  CHECK(DescribeMoves(game, moment) ==
        std::vector<std::string>{"human: moves up", "assistant: places wool at 2,2,4"});
  CHECK(StyleOf(game, moment, GoalDisplay::kGhost).touches.at(0).player == 1);
  moment.moves[0].reset();
  CHECK(DescribeMoves(game, moment)[1] == "assistant: not recorded");
  CHECK(StyleOf(game, moment, GoalDisplay::kGhost).touches.empty());
}

TEST_CASE("A world that was the goal from the start has no share of it") {
  const WorldSize size = SmallGame().size();
  const Game game(SmallGame().config(), EmptyWorld(size));
  CHECK(DescribeProgress(game, SmallStart(game)) == "step 0, wrong 0, missing 0");
}

TEST_CASE("A strip shows its moments, and the goal unless it is hidden") {
  const Game game = SmallGame();
  const std::vector<Moment> moments = RandomMoments(game);
  const auto strip = [&](size_t count, GoalDisplay goal, bool both_corners = false) {
    return DrawStrip(game, absl::MakeConstSpan(moments).first(count), {goal, both_corners});
  };
  CHECK(strip(2, GoalDisplay::kGhost).width() > strip(2, GoalDisplay::kHidden).width());
  CHECK(strip(3, GoalDisplay::kGhost).width() == strip(7, GoalDisplay::kGhost).width());
  CHECK(strip(4, GoalDisplay::kGhost, true).width() > strip(4, GoalDisplay::kGhost).width());
  CHECK(strip(4, GoalDisplay::kGhost).height() == strip(7, GoalDisplay::kGhost).height());
}

TEST_CASE("The largest and the smallest world can be drawn") {
  for (const int extent : {kMinWorldExtent, kMaxWorldExtent}) {
    const WorldSize size{extent, extent, extent};
    const Canvas goal = DrawGoal(size, EmptyWorld(size), "a goal", true);
    CHECK(goal.width() < 2200);
    CHECK(goal.width() >= 2 * 2 * extent * 4);
  }
}

}  // namespace
}  // namespace hod::env
