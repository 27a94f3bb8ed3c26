// Worlds as text, to the letter.
#include "env/draw/text.h"

#include <regex>

#include "tests/support/catch.h"
#include "tests/support/env/drawn_games.h"

namespace hod::env {
namespace {

TEST_CASE("A world is its layers with marks and players") {
  const WorldSize size{4, 4, 2};
  std::vector<Block> world = EmptyWorld(size), goal = world;
  const auto set = [&](std::vector<Block>& blocks, Cell cell, Block block) {
    blocks[size.Index(cell)] = block;
  };
  set(goal, {0, 1, 0}, kStonebrick);                              // Dirt is wrong.
  set(world, {1, 2, 0}, kPlanks), set(goal, {1, 2, 0}, kPlanks);  // Right.
  set(goal, {2, 2, 1}, kGlass);                                   // Missing.
  WorldStyle style;
  style.goal = goal;
  style.players = {{3, 1, 1}, {0, 2, 1}};
  const std::string marked =
      "\n"
      "y=1       y=2       y=3\n"
      "!D D D D   . P . .   . . . .\n"
      " D D D1D  2. . .1.  2. . . .\n";
  style.show_missing = false;
  CHECK(WorldText(size, world, style, {}) == marked);
  style.show_missing = true;
  const std::string with_missing = WorldText(size, world, style, {});
  CHECK(with_missing ==
        "\n"
        "y=1       y=2       y=3\n"
        "!D D D D   . P . .   . . . .\n"
        " D D D1D  2. . g1.  2. . . .\n");
  // Layers that do not fit go below, empty ones on top are left out.
  style.players.clear();
  CHECK(WorldText(size, world, style, {.columns = 9}) ==
        "\n"
        "y=1\n"
        "!D D D D\n"
        " D D D D\n"
        "\n"
        "y=2\n"
        " . P . .\n"
        " . . g .\n");
}

TEST_CASE("A moment is progress, moves, world and legend") {
  const Game game = SmallGame();
  Moment moment = {SmallStart(game), {}};
  Advance(game, {{ActionType::kMovePosX}, {}}, moment);
  CHECK(MomentText(game, moment, GoalDisplay::kGhost, {}) ==
        "step 1, 0.0% of the goal, wrong 1, missing 2\n"
        "human: moves +x\n"
        "assistant: waits\n"
        "\n"
        "y=1           y=2           y=3\n"
        " D D D D D D   . . . . . .   . . . . . .\n"
        " D D D D D D   . . . .2. .   . . . .2. .\n"
        " D D D D D D   . . p . . .   . . g . . .\n"
        " D D D!D D D   . . . . . .   . . . . . .\n"
        " D D D D D D   . .1. . . .   . .1. . . .\n"
        " D D D D D D   . . . . . .   . . . . . .\n"
        "\n"
        "D dirt  C cobblestone  G glass  L log  P planks  S stone  B stonebrick  W wool\n"
        "small: missing  !: wrong  1: human  2: assistant  x to the right, z down\n");
  const std::string hidden = MomentText(game, moment, GoalDisplay::kHidden, {});
  CHECK_THAT(hidden,
             !Catch::Contains("!") && !Catch::Contains("p .") && Catch::Contains("1: human"));
}

TEST_CASE("Colours add escape sequences and nothing else") {
  const Game game = SmallGame();
  for (const Moment& moment : RandomMoments(game)) {
    const std::string colored = MomentText(game, moment, GoalDisplay::kGhost, {.color = true});
    const std::string plain = MomentText(game, moment, GoalDisplay::kGhost, {});
    CHECK(colored.size() > 2 * plain.size());
    CHECK(std::regex_replace(colored, std::regex("\033\\[[0-9;]*m"), "") == plain);
  }
}

}  // namespace
}  // namespace hod::env
