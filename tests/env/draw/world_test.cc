// Worlds: what can be seen of blocks, marks and players.
#include "env/draw/world.h"

#include <algorithm>
#include <cstdlib>

#include "env/game/game.h"
#include "tests/support/catch.h"
#include "tests/support/env/pixels.h"

namespace hod::env {
namespace {

constexpr WorldSize kSize{6, 6, 6};
constexpr Color kWrongRed{0.90, 0.10, 0.10};  // On top, where light does not change it.

std::vector<Block> With(std::vector<Block> world, Cell cell, Block block) {
  world[kSize.Index(cell)] = block;
  return world;
}

// A wall of stone along x = 3 and z = 3, with the hidden corner behind it.
std::vector<Block> Walled() {
  std::vector<Block> world = EmptyWorld(kSize);
  for (int y = 2; y < 6; ++y) {
    for (int i = 2; i < 6; ++i) {
      world[kSize.Index({3, y, i})] = kStone;
      world[kSize.Index({i, y, 3})] = kStone;
    }
  }
  return world;
}

// Pixels that differ by more than `by` of 255 in some channel.
int CountStronglyDifferent(const Canvas& a, const Canvas& b, int by) {
  const std::vector<uint8_t> left = a.Rgb(), right = b.Rgb();
  int count = 0;
  for (size_t i = 0; i < left.size(); i += 3) {
    int difference = 0;
    for (size_t c = i; c < i + 3; ++c) {
      difference = std::max(difference, std::abs(left[c] - right[c]));
    }
    count += difference > by;
  }
  return count;
}

TEST_CASE("Opposite corners show opposite sides of a world") {
  std::vector<Block> world = EmptyWorld(kSize);
  for (int z = 1; z < 5; ++z) {
    for (int y = 2; y < 5; ++y) world[kSize.Index({4, y, z})] = kLog;
  }
  // Behind the wall, whether there is wool or not makes no difference from the front.
  const std::vector<Block> with_wool = With(world, {3, 2, 2}, kWool);
  const auto difference = [&](Corner corner) {
    const WorldStyle style = {corner, {}, {}, false, {}};
    return CountDifferent(DrawWorld(kSize, world, style), DrawWorld(kSize, with_wool, style));
  };
  CHECK(difference(Corner::kHighXHighZ) == 0);
  CHECK(difference(Corner::kLowXLowZ) > 300);
}

TEST_CASE("Both corners fit side by side") {
  const WorldSize size{6, 7, 9};
  const Canvas one = DrawWorld(size, EmptyWorld(size), {});
  const Canvas both = DrawFromBothCorners(size, EmptyWorld(size), {});
  CHECK(both.width() == 2 * one.width());
  CHECK(both.height() == one.height());
}

TEST_CASE("Every block type looks different from every other") {
  for (Block a = kFirstPlaceable; a < kNumBlocks; ++a) {
    for (Block b = kFirstPlaceable; b < a; ++b) {
      INFO(kBlockNames[a] << " and " << kBlockNames[b]);
      const auto draw = [](Block block) {
        return DrawWorld(kSize, With(EmptyWorld(kSize), {3, 2, 3}, block), {});
      };
      CHECK(CountDifferent(draw(a), draw(b)) > 300);
    }
  }
}

TEST_CASE("Wrong blocks are crossed out in red, right ones and missing ones are not") {
  const std::vector<Block> world = With(EmptyWorld(kSize), {3, 2, 3}, kPlanks);
  const auto red = [&](const std::vector<Block>& goal) {
    WorldStyle style;
    style.goal = goal;
    style.show_missing = true;
    return CountColor(DrawWorld(kSize, world, style, 24), kWrongRed);
  };
  CHECK(red(world) == 0);
  CHECK(red(With(world, {3, 3, 3}, kStone)) == 0);
  CHECK(red(With(world, {3, 2, 3}, kStone)) > 50);
  CHECK(red(With(world, {3, 2, 3}, kAir)) > 50);
}

TEST_CASE("Missing blocks are translucent in the goal's colour, if asked for") {
  const std::vector<Block> world = EmptyWorld(kSize);
  const auto draw = [&](const std::vector<Block>& goal, bool show_missing) {
    WorldStyle style;
    style.goal = goal;
    style.show_missing = show_missing;
    return DrawWorld(kSize, world, style);
  };
  const Canvas plain = draw(world, true);
  const std::vector<Block> wool = With(world, {3, 2, 3}, kWool), log = With(world, {3, 2, 3}, kLog);
  CHECK(CountDifferent(plain, draw(wool, false)) == 0);
  CHECK(CountDifferent(plain, draw(wool, true)) > 300);
  CHECK(CountDifferent(draw(log, true), draw(wool, true)) > 300);
  // What stands behind shows through.
  const std::vector<Block> behind = With(world, {2, 2, 3}, kPlanks);
  WorldStyle style;
  const std::vector<Block> goal = With(behind, {3, 2, 3}, kWool);
  style.goal = goal;
  style.show_missing = true;
  CHECK(CountDifferent(draw(wool, true), DrawWorld(kSize, behind, style)) > 200);
}

TEST_CASE("Missing blocks are as opaque as asked for") {
  const std::vector<Block> world = EmptyWorld(kSize), goal = With(world, {3, 2, 3}, kWool);
  const auto draw = [&](const std::vector<float>& opacity) {
    WorldStyle style;
    style.goal = goal;
    style.show_missing = true;
    style.missing_opacity = opacity;
    return DrawWorld(kSize, world, style);
  };
  const auto uniform = [](float opacity) { return std::vector<float>(kSize.Volume(), opacity); };
  CHECK(CountDifferent(draw({}), draw(uniform(kGhostOpacity))) == 0);
  const auto change = [&](float opacity) {
    return CountStronglyDifferent(DrawWorld(kSize, world, {}), draw(uniform(opacity)), 40);
  };
  CHECK(change(0.1f) == 0);
  CHECK(change(0.9f) > 300);
}

TEST_CASE("A faint missing block does not hide the face of a clear one behind it") {
  const std::vector<Block> world = EmptyWorld(kSize), low = With(world, {3, 2, 3}, kWool);
  const std::vector<Block> high = With(low, {3, 3, 3}, kWool);
  const auto draw = [&](const std::vector<Block>& goal, float above) {
    std::vector<float> opacity(kSize.Volume(), 0.8f);
    opacity[kSize.Index({3, 3, 3})] = above;
    WorldStyle style;
    style.goal = goal;
    style.show_missing = true;
    style.missing_opacity = opacity;
    return DrawWorld(kSize, world, style, 24);
  };
  CHECK(CountStronglyDifferent(draw(low, 0.1f), draw(high, 0.1f), 60) == 0);
  CHECK(CountStronglyDifferent(draw(low, 0.1f), draw(high, 0.8f), 60) > 800);
}

TEST_CASE("Players are whole in the open, and their contours show through walls") {
  const auto draw = [](const std::vector<Block>& world, std::vector<Cell> players) {
    WorldStyle style;
    style.players = std::move(players);
    return DrawWorld(kSize, world, style, 24);
  };
  const std::vector<Block> open = EmptyWorld(kSize), walled = Walled();
  const std::vector<Cell> players = {{2, 2, 2}, {2, 2, 1}};
  const Canvas seen = draw(open, players), hidden = draw(walled, players);
  for (const int player : {0, 1}) {
    INFO(PlayerColor(player).r);
    CHECK(CountColor(draw(walled, {}), PlayerColor(player)) == 0);
    CHECK(CountColor(hidden, PlayerColor(player)) > 50);
    CHECK(CountColor(seen, PlayerColor(player)) > CountColor(hidden, PlayerColor(player)));
  }
  CHECK(CountDifferent(draw(walled, {}), hidden) > 200);
}

TEST_CASE("A player in the highest layer of a far corner is drawn from feet to head") {
  const auto draw = [](int y) {
    WorldStyle style;
    style.players = {{0, y, 0}};
    return CountDifferent(DrawWorld(kSize, EmptyWorld(kSize), {}, 24),
                          DrawWorld(kSize, EmptyWorld(kSize), style, 24));
  };
  CHECK(draw(5) == draw(4));
}

TEST_CASE("What a player just changed is framed in the player's colour") {
  WorldStyle style;
  style.touches = {{{2, 2, 2}, 1}};
  CHECK(CountColor(DrawWorld(kSize, Walled(), style), PlayerColor(1)) > 50);
  CHECK(CountColor(DrawWorld(kSize, Walled(), {}), PlayerColor(1)) == 0);
}

}  // namespace
}  // namespace hod::env
