#include "env/houses/sources/source.h"

#include <set>

#include "env/game/game.h"
#include "env/houses/statistics/report.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/npy_bytes.h"

namespace hod::env {
namespace {

std::string MessageOf(const std::string& spec, const GameConfig& config) {
  const auto source = MakeGoalSource(spec, config, 0);
  REQUIRE_FALSE(source.ok());
  return std::string(source.status().message());
}

// A pillar of two logs on a plank.
const WorldSize kPillarSize{1, 3, 1};
const std::vector<Block> kPillar = {kPlanks, kLog, kLog};

TEST_CASE("source: generated goals are a function of seed and index") {
  const std::string kind = GENERATE("generated", "altered:generated");
  const GameConfig config;
  const auto source = MakeGoalSource(kind, config, 7), same = MakeGoalSource(kind, config, 7),
             other = MakeGoalSource(kind, config, 8);
  REQUIRE(source.ok());
  CHECK((*source)->size() == std::nullopt);
  CHECK((*source)->Get(17).name == (kind == "generated" ? "generated-17" : "altered-generated-17"));
  (*same)->Get(3);
  CHECK((*source)->Get(17).blocks == (*same)->Get(17).blocks);
  CHECK((*source)->Get(17).blocks != (*source)->Get(18).blocks);
  CHECK((*source)->Get(17).blocks != (*other)->Get(17).blocks);
  Rng rng(1);
  const Goal first = (*source)->Sample(rng), second = (*source)->Sample(rng);
  CHECK(first.blocks != second.blocks);
  CHECK(static_cast<int>(first.blocks.size()) == config.size.Volume());
}

TEST_CASE("source: goals are altered anew, and inside the border only") {
  GameConfig config;
  config.abilities.inf_blocks = GENERATE(true, false);
  const auto plain = MakeGoalSource("generated", config, 7),
             altered = MakeGoalSource("altered:generated", config, 7);
  REQUIRE(altered.ok());
  int differ = 0;
  for (int i = 0; i < 50; ++i) {
    const std::vector<Block> before = (*plain)->Get(i).blocks, after = (*altered)->Get(i).blocks;
    differ += before != after;
    for (int k = 0; k < config.size.Volume(); ++k) {
      const Cell c = config.size.At(k);
      const WorldSize limit = MaxHouseSize(config);
      const bool inside =
          c.x >= 1 && c.x <= limit.w && c.y >= 1 && c.y <= limit.h && c.z >= 1 && c.z <= limit.d;
      if (!inside) REQUIRE(before[k] == after[k]);
    }
  }
  CHECK(differ > 35);
  // One file gives many goals.
  const TempDir dir;
  dir.Write("pillar.npy", NpyBytes(kPillarSize, kPillar));
  const auto pillars = MakeGoalSource("altered:npy:" + dir.path(), config, 7);
  REQUIRE(pillars.ok());
  CHECK((*pillars)->size() == std::nullopt);
  CHECK((*pillars)->Get(3).name == "altered-pillar.npy");
  std::set<std::vector<Block>> seen;
  for (int i = 0; i < 200; ++i) seen.insert((*pillars)->Get(i).blocks);
  CHECK(seen.size() > 10);
  CHECK(MakeGoalSource("altered:generated*2 + generated", config, 7).ok());
  CHECK_THAT(MessageOf("altered:", config), Catch::Contains("\"\": expected"));
  CHECK_THAT(MessageOf("altered:npy:/nowhere", config), Catch::Contains("/nowhere"));
  // However often the word is repeated, nothing is nested.
  std::string often;
  for (int i = 0; i < 100000; ++i) often += "altered:";
  CHECK_THAT(MessageOf(often + "generated", config), Catch::Contains("expected altered: once"));
}

TEST_CASE("source: goals of several sources come by their weights") {
  const GameConfig config;
  const TempDir dir;
  dir.Write("pillar.npy", NpyBytes(kPillarSize, kPillar));
  const auto source = MakeGoalSource("generated + npy:" + dir.path() + "*3", config, 5);
  REQUIRE(source.ok());
  CHECK((*source)->size() == std::nullopt);
  Rng rng(1);
  int pillars = 0, same = 0;
  for (int i = 0; i < 400; ++i) {
    pillars += (*source)->Sample(rng).name == "pillar.npy";
    same += (*source)->Get(i).blocks == (*source)->Get(i).blocks;
  }
  CHECK(pillars > 270);
  CHECK(pillars < 330);
  CHECK(same == 400);
  CHECK_THAT(MessageOf("generated*0 + generated", config), Catch::Contains("above 0"));
  CHECK_THAT(MessageOf("generated*x + generated", config), Catch::Contains("above 0"));
  CHECK_THAT(MessageOf("generated + nothing", config), Catch::Contains("\"nothing\": expected"));
}

TEST_CASE("source: generated goals of a game with finite blocks hold its palette") {
  GameConfig config;
  config.abilities.inf_blocks = false;
  const auto source = MakeGoalSource("generated", config, 0);
  REQUIRE(source.ok());
  CHECK((*source)->Get(0).blocks[config.size.Index({config.size.w - 1, 2, 0})] == kDirt);
}

TEST_CASE("source: files come in order of their names and start again after the last") {
  const GameConfig config;
  const TempDir dir;
  std::vector<Block> world = EmptyWorld(config.size);
  world[config.size.Index({4, 2, 4})] = kWool;
  dir.Write("b.npy", NpyBytes(config.size, world));
  dir.Write("a.npy", NpyBytes(kPillarSize, kPillar));
  dir.Write("notes.txt", "not a house");
  const auto source = MakeGoalSource("npy:" + dir.path(), config, 0);
  REQUIRE(source.ok());
  CHECK((*source)->size() == 2);
  CHECK((*source)->Get(0).name == "a.npy");
  CHECK((*source)->Get(1).name == "b.npy");
  CHECK((*source)->Get(1).blocks == world);
  CHECK((*source)->Get(5).blocks == world);
  CHECK((*source)->Get(0).blocks == (*source)->Get(2).blocks);
  Rng rng(3);
  std::set<std::string> names;
  for (int i = 0; i < 40; ++i) names.insert((*source)->Sample(rng).name);
  CHECK(names.size() == 2);
}

TEST_CASE("source: all goals are every house in every place") {
  const GameConfig config;
  const TempDir dir;
  dir.Write("pillar.npy", NpyBytes(kPillarSize, kPillar));
  const auto source = MakeGoalSource("npy:" + dir.path(), config, 0);
  REQUIRE(source.ok());
  const std::vector<Goal> all = (*source)->All();
  const WorldSize room = MaxHouseSize(config);
  CHECK(static_cast<int>(all.size()) == room.w * room.d);
  std::set<std::vector<Block>> different;
  for (const Goal& goal : all) different.insert(goal.blocks);
  CHECK(different.size() == all.size());
  Rng rng(1);
  for (int n = 0; n < 50; ++n) CHECK(different.count((*source)->Sample(rng).blocks) == 1);
  CHECK((*MakeGoalSource("generated", config, 0))->All().empty());
}

TEST_CASE("source: a small house stands at a random place of the world, in dirt") {
  const GameConfig config;
  const TempDir dir;
  dir.Write("pillar.npy", NpyBytes(kPillarSize, kPillar));
  const auto source = MakeGoalSource("npy:" + dir.path(), config, 0);
  REQUIRE(source.ok());
  Rng rng(4);
  std::set<int> places;
  for (int n = 0; n < 2000; ++n) {
    const std::vector<Block> goal = (*source)->Sample(rng).blocks;
    const std::vector<Block> start = EmptyWorld(config.size);
    std::vector<int> changed;
    for (int i = 0; i < config.size.Volume(); ++i) {
      if (goal[i] != start[i]) changed.push_back(i);
    }
    REQUIRE(changed.size() == 3);
    const Cell foot = config.size.At(changed[0]);
    CHECK(foot.y == 1);
    CHECK(goal[changed[0]] == kPlanks);
    CHECK((foot.x >= 1 && foot.x <= config.size.w - 2));
    CHECK((foot.z >= 1 && foot.z <= config.size.d - 2));
    places.insert(changed[0]);
  }
  CHECK(places.size() == 9 * 8);
}

TEST_CASE("report: goals are compared with the cited figures or with files") {
  const GameConfig config;
  const TempDir dir;
  dir.Write("pillar.npy", NpyBytes(kPillarSize, kPillar));
  using Catch::Contains;
  const auto cited = CompareGoals("generated", 5, "", config, 0);
  REQUIRE(cited.ok());
  CHECK_THAT(*cited, Contains("generated (5)") && Contains("18 real houses"));
  const auto files = CompareGoals("generated", 5, "npy:" + dir.path(), config, 0);
  REQUIRE(files.ok());
  CHECK_THAT(*files, Contains("(1)"));
  CHECK_FALSE(CompareGoals("generated", 5, "npy:/does/not/exist", config, 0).ok());
}

TEST_CASE("source: errors name what is wrong") {
  GameConfig config;
  const TempDir dir;
  using Catch::Contains;
  CHECK_THAT(MessageOf("houses", config), Contains("\"houses\": expected"));
  CHECK_THAT(MessageOf("npy:", config), Contains("expected"));
  CHECK_THAT(MessageOf("npy:/does/not/exist", config), Contains("cannot read the directory"));
  CHECK_THAT(MessageOf("npy:" + dir.path(), config), Contains("find a *.npy file"));

  SECTION("a broken file") {
    dir.Write("broken.npy", "\x93NUMPY");
    CHECK_THAT(MessageOf("npy:" + dir.path(), config), Contains("broken.npy: offset 0"));
  }
  SECTION("a house that is too large") {
    const WorldSize size{10, 2, 2};
    dir.Write("large.npy", NpyBytes(size, std::vector<Block>(size.Volume(), kLog)));
    CHECK_THAT(MessageOf("npy:" + dir.path(), config),
               Contains("large.npy: shape 10x2x2") && Contains("9x8x8"));
  }
  SECTION("a world without bedrock at the bottom") {
    std::vector<Block> world = EmptyWorld(config.size);
    world[config.size.Index({3, 0, 2})] = kDirt;
    dir.Write("world.npy", NpyBytes(config.size, world));
    CHECK_THAT(MessageOf("npy:" + dir.path(), config),
               Contains("world.npy: dirt at (3, 0, 2), expected bedrock"));
  }
  SECTION("nothing but air") {
    dir.Write("air.npy", NpyBytes(WorldSize{2, 1, 1}, {kAir, kAir}));
    CHECK_THAT(MessageOf("npy:" + dir.path(), config), Contains("air.npy: only air"));
  }
  SECTION("a house with bedrock") {
    dir.Write("house.npy", NpyBytes(WorldSize{1, 1, 1}, {kBedrock}));
    CHECK_THAT(MessageOf("npy:" + dir.path(), config), Contains("bedrock at (0, 0, 0)"));
  }
  SECTION("a whole world without the palette of finite blocks") {
    dir.Write("world.npy", NpyBytes(config.size, EmptyWorld(config.size)));
    config.abilities.inf_blocks = false;
    CHECK_THAT(MessageOf("npy:" + dir.path(), config), Contains("palette"));
  }
  SECTION("a world too small for generated houses") {
    config.size = {5, 6, 6};
    CHECK_THAT(MessageOf("generated", config), Contains("3x4x4"));
  }
}

}  // namespace
}  // namespace hod::env
