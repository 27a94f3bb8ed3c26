#include "env/houses/statistics/statistics.h"

#include <map>
#include <string>

#include "env/game/game.h"
#include "env/houses/sources/source.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

// A 5 x 3 x 4 room of planks on a 5 x 4 floor of stone, with a door and a window: small enough to
// count by hand.
std::vector<Block> SmallHouse(const WorldSize& size) {
  std::vector<Block> goal = EmptyWorld(size);
  const auto set = [&](int x, int y, int z, Block block) { goal[size.Index({x, y, z})] = block; };
  for (int x = 2; x <= 6; ++x) {
    for (int z = 2; z <= 5; ++z) {
      set(x, 1, z, kStone);
      set(x, 4, z, kPlanks);
      if (x == 2 || x == 6 || z == 2 || z == 5) {
        set(x, 2, z, kPlanks);
        set(x, 3, z, kPlanks);
      }
    }
  }
  set(4, 2, 2, kAir);
  set(4, 3, 2, kAir);
  set(4, 3, 5, kGlass);
  return goal;
}

TEST_CASE("statistics: a house counted by hand") {
  const WorldSize size{11, 10, 10};
  std::map<std::string, double> amount, per;
  for (const Measure& measure : MeasureGoal(size, SmallHouse(size))) {
    amount[measure.name] = measure.amount;
    per[measure.name] = measure.per;
  }
  const std::map<std::string, double> expected = {{"cells to change", 20 + 26 + 20},
                                                  {"edits needed", 40 + 26 + 20},
                                                  {"blocks above ground", 46},
                                                  {"bounding box x", 5},
                                                  {"bounding box y", 3},
                                                  {"bounding box z", 4},
                                                  {"density of the box", 46.0 / 60},
                                                  {"blocks in layer y=2", 13},
                                                  {"blocks in layer y=4", 20},
                                                  {"top layer is y=4", 1},
                                                  {"top layer is y=5", 0},
                                                  {"footprint", 20},
                                                  {"floor cells", 20},
                                                  {"floor under the footprint", 1},
                                                  {"floor outside the footprint", 0},
                                                  {"air in the ground", 0},
                                                  {"buried blocks", 0},
                                                  {"overhanging blocks", 7},
                                                  {"components above ground", 1},
                                                  {"components with the ground", 1},
                                                  {"roofed air", 14},
                                                  {"sealed air", 0},
                                                  {"doors", 1},
                                                  {"windows", 1},
                                                  {"windows of 1", 1},
                                                  {"share of glass at y=3", 1},
                                                  {"block types", 4},
                                                  {"planks above ground", 45},
                                                  {"glass above ground", 1},
                                                  {"stone on the floor", 20},
                                                  {"walls mostly of the roof's type", 1},
                                                  {"walls mostly of the floor's type", 0},
                                                  {"mirror symmetry in x", 1},
                                                  {"mirror symmetry in z", 44.0 / 48}};
  for (const auto& [name, value] : expected) {
    CAPTURE(name);
    REQUIRE(amount.contains(name));
    CHECK(amount[name] == Approx(value));
  }
  CHECK(per["planks above ground"] == 46);
}

TEST_CASE("statistics: closed rooms hold sealed air") {
  const WorldSize size{11, 10, 10};
  std::vector<Block> goal = SmallHouse(size);
  goal[size.Index({4, 2, 2})] = kPlanks;
  goal[size.Index({4, 3, 2})] = kGlass;
  for (const Measure& measure : MeasureGoal(size, goal)) {
    if (measure.name == "sealed air") CHECK(measure.amount == 12);
    if (measure.name == "doors") CHECK(measure.amount == 0);
    if (measure.name == "windows") CHECK(measure.amount == 2);
  }
}

TEST_CASE("statistics: a world without a house has no NaN") {
  const WorldSize size{6, 6, 6};
  for (const Figure& figure : Summarize(size, {EmptyWorld(size)})) {
    CAPTURE(figure.name);
    CHECK(std::isfinite(figure.mean));
  }
}

TEST_CASE("statistics: shares weigh blocks, counts weigh goals") {
  const WorldSize size{11, 10, 10};
  std::vector<Block> hut = EmptyWorld(size);
  hut[size.Index({1, 2, 1})] = kLog;
  for (const Figure& figure : Summarize(size, {SmallHouse(size), hut})) {
    if (figure.name == "blocks above ground") CHECK(figure.mean == Approx(47 / 2.0));
    if (figure.name == "log above ground") {
      CHECK(figure.mean == Approx(1 / 47.0));
      CHECK(figure.max == 1);
    }
  }
}

TEST_CASE("statistics: tables show columns side by side") {
  const std::string table = FormatTable(
      {{"left", {{"doors", 1.5, 0, 12}, {"windows", 2, 1, 3}}}, {"right", {{"doors", 1, 1, 1}}}});
  CHECK(table.find("left") < table.find("right"));
  CHECK(table.find("1.50 [0.00-12]") != std::string::npos);
  CHECK(std::count(table.begin(), table.end(), '\n') == 3);
  CHECK(table.find('-', table.find("windows")) != std::string::npos);
}

TEST_CASE("statistics: the cited figures are those of the real houses") {
  const std::string directory = SharedData("goals");
  if (directory.empty()) return;
  const GameConfig config;
  const auto source = MakeGoalSource("npy:" + directory, config, 0);
  REQUIRE(source.ok());
  REQUIRE((*source)->size() == 18);
  std::vector<std::vector<Block>> goals;
  for (int i = 0; i < 18; ++i) goals.push_back((*source)->Get(i).blocks);
  const std::vector<Figure> figures = Summarize(config.size, goals);
  REQUIRE(figures.size() == RealHouseFigures().size());
  for (size_t i = 0; i < figures.size(); ++i) {
    const Figure& cited = RealHouseFigures()[i];
    CAPTURE(cited.name);
    CHECK(figures[i].name == cited.name);
    CHECK(figures[i].mean == Approx(cited.mean).epsilon(1e-3));
    CHECK(figures[i].min == Approx(cited.min).epsilon(1e-3));
    CHECK(figures[i].max == Approx(cited.max).epsilon(1e-3));
  }
  // Independent measurements of the same houses, rounded.
  const std::map<std::string, double> published = {
      {"cells to change", 212}, {"edits needed", 258}, {"blocks above ground", 167},
      {"floor cells", 45},      {"footprint", 50},     {"overhanging blocks", 25},
      {"roofed air", 73},       {"buried blocks", 8},  {"windows", 3}};
  for (const Figure& figure : figures) {
    const auto it = published.find(figure.name);
    if (it != published.end()) CHECK(std::abs(figure.mean - it->second) <= 0.5);
  }
}

}  // namespace
}  // namespace hod::env
