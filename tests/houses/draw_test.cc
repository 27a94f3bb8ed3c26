#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "env/draw/chart.h"
#include "env/draw/sheet.h"
#include "env/draw/world.h"
#include "env/game/game.h"
#include "tests/houses/files.h"

// Fontconfig keeps its caches until the process ends; the leak sanitizer asks for this by name.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig"; }

namespace hod::env {
namespace {

const std::string kPngMagic("\x89PNG\r\n\x1a\n", 8);

// Pixels for which test(r, g, b) holds.
template <typename Test>
int CountPixels(const Canvas& canvas, const Test& test) {
  const std::vector<uint8_t> rgb = canvas.Rgb();
  int count = 0;
  for (size_t i = 0; i < rgb.size(); i += 3) count += test(rgb[i], rgb[i + 1], rgb[i + 2]);
  return count;
}
bool IsRed(int r, int g, int b) { return r > 180 && g < 70 && b < 70; }

TEST_CASE("draw: a canvas holds what is drawn on it, and its PNG can be written") {
  Canvas canvas(40, 30, {0, 0, 1});
  canvas.Polygon({{10, 10}, {20, 10}, {20, 20}, {10, 20}}, {1, 0, 0});
  CHECK(canvas.Rgb().size() == 40 * 30 * 3);
  CHECK(CountPixels(canvas, IsRed) == 100);
  CHECK(CountPixels(canvas, [](int r, int, int b) { return r == 0 && b == 255; }) == 1100);
  CHECK(canvas.PngBytes().substr(0, 8) == kPngMagic);

  const TempDir dir;
  const std::string path = dir.path() + "/a.png";
  REQUIRE(canvas.WritePng(path).ok());
  CHECK(std::filesystem::file_size(path) == canvas.PngBytes().size());
  const absl::Status status = canvas.WritePng(dir.path() + "/none/a.png");
  CHECK(status.message().find("none/a.png") != absl::string_view::npos);
}

TEST_CASE("draw: opposite corners show opposite sides of a world") {
  const WorldSize size{6, 6, 6};
  std::vector<Block> world = EmptyWorld(size);
  // A wool block behind a log wall.
  for (int z = 1; z < 5; ++z) {
    for (int y = 2; y < 5; ++y) world[size.Index({4, y, z})] = kLog;
  }
  world[size.Index({3, 2, 2})] = kWool;
  const auto wool = [&](Corner corner) {
    WorldStyle style;
    style.corner = corner;
    return CountPixels(DrawWorld(size, world, style), [](int r, int g, int b) {
      // Any shade of light grey but the background.
      return r == g && g == b && r > 140 && r < 250;
    });
  };
  CHECK(wool(Corner::kLowXLowZ) > 100);
  CHECK(wool(Corner::kHighXHighZ) < wool(Corner::kLowXLowZ) / 4);
}

TEST_CASE("draw: both corners fit side by side") {
  const WorldSize size{6, 7, 9};
  const Canvas one = DrawWorld(size, EmptyWorld(size), {});
  const Canvas both = DrawFromBothCorners(size, EmptyWorld(size), {});
  CHECK(both.width() == 2 * one.width());
  CHECK(both.height() == one.height());
}

TEST_CASE("draw: wrong blocks are outlined in red, right ones are not") {
  const WorldSize size{6, 6, 6};
  std::vector<Block> world = EmptyWorld(size);
  world[size.Index({3, 2, 3})] = kPlanks;
  std::vector<Block> goal = world;
  WorldStyle style;
  style.goal = goal;
  CHECK(CountPixels(DrawWorld(size, world, style), IsRed) == 0);
  goal[size.Index({3, 2, 3})] = kStone;
  CHECK(CountPixels(DrawWorld(size, world, style), IsRed) > 30);
}

TEST_CASE("draw: players are seen unless a wall hides them") {
  const WorldSize size{6, 6, 6};
  std::vector<Block> world = EmptyWorld(size);
  WorldStyle style;
  style.players = {{2, 2, 2}, {4, 2, 1}};
  const Canvas without = DrawWorld(size, world, {});
  const Canvas with = DrawWorld(size, world, style);
  CHECK(without.width() == with.width());
  CHECK(without.height() == with.height());
  const auto is_human = [](int r, int g, int b) { return r > 110 && g < 70 && b < 60; };
  CHECK(CountPixels(without, is_human) == 0);
  CHECK(CountPixels(with, is_human) > 20);
  for (int y = 2; y < 6; ++y) {
    for (int i = 2; i < 6; ++i) {
      world[size.Index({3, y, i})] = kStone;
      world[size.Index({i, y, 3})] = kStone;
    }
  }
  CHECK(CountPixels(DrawWorld(size, world, style), is_human) < 20);
}

TEST_CASE("draw: sheets grow by rows") {
  const auto sheet = [](int count) {
    std::vector<Captioned> items;
    for (int i = 0; i < count; ++i) items.push_back({"caption", Canvas(50, 40)});
    return DrawSheet(items, 3);
  };
  CHECK(sheet(3).height() == sheet(1).height());
  CHECK(sheet(4).height() > sheet(3).height());
  CHECK(sheet(7).width() == sheet(3).width());
  CHECK(sheet(1).width() < sheet(3).width());
}

TEST_CASE("draw: charts show every series and survive values that are not finite") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Chart chart{.title = "t", .x_label = "x", .y_label = "y", .series = {}};
  CHECK(DrawChart(chart).width() == chart.width);
  chart.series = {{"a", {0, 1, 2, 3}, {1, 2, kNan, 4}, {0, 1, kNan, 3}, {2, 3, kNan, 5}},
                  {"b", {0, 3}, {5, 5}, {}, {}},
                  {"none", {}, {}, {}, {}}};
  const Canvas canvas = DrawChart(chart);
  const auto is_blue = [](int r, int g, int b) { return r < 10 && g > 100 && g < 130 && b > 160; };
  const auto is_orange = [](int r, int g, int b) { return r > 200 && g > 80 && g < 110 && b < 10; };
  CHECK(CountPixels(canvas, is_blue) > 50);
  CHECK(CountPixels(canvas, is_orange) > 200);
  chart.series = {{"flat", {5}, {1e9}, {}, {}}};
  CHECK(DrawChart(chart).PngBytes().substr(0, 8) == kPngMagic);
}

}  // namespace
}  // namespace hod::env
