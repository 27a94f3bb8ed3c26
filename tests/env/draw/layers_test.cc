// Maps of layers: colours by value, blocks, contours and players.
#include "env/draw/layers.h"

#include <cstdlib>

#include "env/draw/sprite.h"
#include "env/draw/texture.h"
#include "env/game/game.h"
#include "tests/support/catch.h"
#include "tests/support/env/pixels.h"

namespace hod::env {
namespace {

constexpr WorldSize kSize{6, 6, 6};

// Pixels of a colour, but for Cairo's rounding.
int CountNear(const Canvas& canvas, const Color& color) {
  const uint32_t pixel = PremultipliedArgb(color);
  const auto near = [&](int shift, int value) {
    return std::abs(static_cast<int>(pixel >> shift & 0xFF) - value) <= 1;
  };
  return CountPixels(canvas,
                     [&](int r, int g, int b) { return near(16, r) && near(8, g) && near(0, b); });
}

struct World {
  std::vector<float> values = std::vector<float>(kSize.Volume(), 0.0f);
  std::vector<Block> blocks = EmptyWorld(kSize), goal = EmptyWorld(kSize);
  std::vector<Cell> players;

  Canvas Draw(float full = 1) const {
    return DrawLayers(kSize, {values, full, blocks, goal, players}, 500, 400);
  }
  int Full() const { return CountNear(Draw(), HeatColor(1)); }
};

TEST_CASE("Colours run from white to the full one, and stay there") {
  CHECK(PremultipliedArgb(HeatColor(0)) == PremultipliedArgb(kWhite));
  CHECK(PremultipliedArgb(HeatColor(-1)) == PremultipliedArgb(HeatColor(0)));
  CHECK(PremultipliedArgb(HeatColor(2)) == PremultipliedArgb(HeatColor(1)));
  for (double share = 0; share < 1; share += 0.125) {
    CHECK(HeatColor(share).g > HeatColor(share + 0.125).g);
  }
}

TEST_CASE("A voxel's value colours its field, in the unit asked for") {
  World world;
  CHECK(world.Full() == 0);
  world.values[kSize.Index({2, 3, 4})] = 1;
  const int one = world.Full();
  CHECK(one > 200);
  world.values[kSize.Index({4, 3, 4})] = 7;
  CHECK(world.Full() == 2 * one);
  CHECK(CountNear(world.Draw(7), HeatColor(1)) == one);
}

TEST_CASE("Bedrock and empty layers at the top are left out") {
  World world;
  const Canvas low = world.Draw();
  world.values[kSize.Index({2, 0, 4})] = 1;
  CHECK(CountDifferent(low, world.Draw()) == 0);
  world.values[kSize.Index({2, 5, 4})] = 1;
  // More layers share the room: fields are smaller.
  World one_layer;
  one_layer.values[kSize.Index({2, 1, 4})] = 1;
  CHECK(world.Full() < one_layer.Full() * 2 / 3);
}

TEST_CASE("Blocks are full squares, those to come contours, players discs") {
  const auto with = [](const auto& change) {
    World world;
    world.values[kSize.Index({0, 5, 0})] = 1;  // All layers, always.
    change(world);
    return world.Draw();
  };
  const Canvas empty = with([](World&) {});
  const int index = kSize.Index({2, 3, 4});
  const Canvas block = with([&](World& w) { w.blocks[index] = w.goal[index] = kPlanks; });
  const Canvas to_come = with([&](World& w) { w.goal[index] = kPlanks; });
  const Canvas player = with([&](World& w) { w.players = {{2, 3, 4}}; });
  CHECK(CountNear(empty, kBlockColors[kPlanks]) == 0);
  CHECK(CountNear(block, kBlockColors[kPlanks]) > 20);
  CHECK(CountNear(to_come, kBlockColors[kPlanks]) == 0);
  CHECK(CountDifferent(empty, to_come) > 40);
  CHECK(CountNear(player, PlayerColor(0)) > 20);  // Shows in two layers.
}

}  // namespace
}  // namespace hod::env
