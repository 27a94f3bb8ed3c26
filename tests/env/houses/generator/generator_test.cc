#include "env/houses/generator/generator.h"

#include <map>
#include <string>

#include "env/game/game.h"
#include "env/houses/generator/alterations.h"
#include "env/houses/statistics/statistics.h"
#include "env/houses/transforms/transforms.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

// The house in a world of its own, as an episode's goal.
std::vector<Block> GoalOf(const House& house, WorldSize& world) {
  world = {house.size.w + 2, house.size.h + 2, house.size.d + 2};
  GameConfig config;
  config.size = world;
  return GoalFromHouse(config, house.size, house.blocks);
}

House AlteredHouse(const WorldSize& size, Rng& rng) {
  return Altered(GenerateHouse(size, rng), rng);
}

double Value(const std::vector<Figure>& figures, const std::string& name) {
  for (const Figure& figure : figures) {
    if (figure.name == name) return figure.mean;
  }
  FAIL("no figure " << name);
  return 0;
}

TEST_CASE("generator: houses of every size are full at the bottom, grounded and hollow") {
  const auto size = GENERATE(values<WorldSize>({{4, 4, 4},
                                                {4, 8, 9},
                                                {5, 5, 5},
                                                {9, 4, 5},
                                                {6, 6, 6},
                                                {9, 8, 8},
                                                {8, 8, 8},
                                                {14, 7, 5},
                                                {30, 30, 30}}));
  CAPTURE(size.w, size.h, size.d);
  const int num_houses = size.w == 30 ? 20 : 400;
  int hollow = 0;
  for (int seed = 0; seed < num_houses; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    const House house = GenerateHouse(size, rng);
    REQUIRE(house.size == size);
    REQUIRE(static_cast<int>(house.blocks.size()) == size.Volume());
    for (int i = 0; i < size.Volume(); ++i) {
      const Block block = house.blocks[i];
      REQUIRE(block < kNumBlocks);
      REQUIRE(block != kBedrock);
      if (size.At(i).y == 0) REQUIRE(block != kAir);
    }
    WorldSize world;
    const std::vector<Block> goal = GoalOf(house, world);
    std::map<std::string, double> measured;
    for (const Measure& measure : MeasureGoal(world, goal)) measured[measure.name] = measure.amount;
    CHECK(measured["components with the ground"] == 1);
    CHECK(measured["blocks above ground"] > 0);
    hollow += measured["roofed air"] > 0 && measured["sealed air"] < measured["roofed air"];
  }
  CHECK(hollow == num_houses);
}

TEST_CASE("generator: altered houses of every size are full at the bottom and grounded") {
  const auto size = GENERATE(
      values<WorldSize>({{4, 4, 4}, {4, 8, 9}, {9, 4, 5}, {9, 8, 8}, {14, 7, 5}, {20, 20, 20}}));
  CAPTURE(size.w, size.h, size.d);
  for (int seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    const House house = AlteredHouse(size, rng);
    REQUIRE(house.size == size);
    REQUIRE(static_cast<int>(house.blocks.size()) == size.Volume());
    int above = 0;
    for (int i = 0; i < size.Volume(); ++i) {
      const Block block = house.blocks[i];
      REQUIRE(block < kNumBlocks);
      REQUIRE(block != kBedrock);
      if (size.At(i).y == 0) REQUIRE(block != kAir);
      above += size.At(i).y > 0 && block != kAir;
    }
    CHECK(above > 0);
    CHECK(IsGrounded(house, 6));
  }
}

// Compares 500 altered houses with the plain ones of the same seeds.
TEST_CASE("generator: altered houses differ from plain ones in what they are altered for") {
  WorldSize world;
  std::vector<std::vector<Block>> plain, altered;
  int differ = 0;
  for (int seed = 0; seed < 500; ++seed) {
    Rng rng(seed), same(seed);
    plain.push_back(GoalOf(GenerateHouse({9, 8, 8}, rng), world));
    altered.push_back(GoalOf(AlteredHouse({9, 8, 8}, same), world));
    differ += plain.back() != altered.back();
  }
  CHECK(differ > 400);
  CHECK(differ < 500);  // Some are left as they are.
  const std::vector<Figure> before = Summarize(world, plain), after = Summarize(world, altered);
  // Roofs overhang, flaws break symmetry, and there are more materials.
  CHECK(Value(after, "overhanging blocks") > 1.25 * Value(before, "overhanging blocks"));
  CHECK(Value(after, "mirror symmetry in x") < 0.98 * Value(before, "mirror symmetry in x"));
  CHECK(Value(after, "block types") > 1.1 * Value(before, "block types"));
  CHECK(Value(after, "top layer is y=8") > Value(before, "top layer is y=8"));
}

TEST_CASE("generator: the seed decides the house") {
  const auto generator = GENERATE(&GenerateHouse, &AlteredHouse);
  const auto generate = [&](uint64_t seed) {
    Rng rng(seed);
    return generator({9, 8, 8}, rng).blocks;
  };
  CHECK(generate(5) == generate(5));
  CHECK(generate(5) != generate(6));
}

TEST_CASE("generator: houses grow with the box") {
  const auto mean_blocks = [](const WorldSize& size) {
    int blocks = 0;
    for (int seed = 0; seed < 20; ++seed) {
      Rng rng(seed);
      const House house = GenerateHouse(size, rng);
      for (int i = 0; i < size.Volume(); ++i) blocks += size.At(i).y > 0 && house.blocks[i] != kAir;
    }
    return blocks / 20;
  };
  const int small = mean_blocks({6, 6, 6}), medium = mean_blocks({9, 8, 8}),
            large = mean_blocks({20, 20, 20});
  CHECK(small * 3 / 2 < medium);
  CHECK(medium * 3 < large);
}

// The figures that matter most to a network trained on these houses, with the tolerance of a mean
// over 1,000 houses against one over 18.
TEST_CASE("generator: houses resemble those that people built") {
  WorldSize world;
  std::vector<std::vector<Block>> goals;
  for (int seed = 0; seed < 1000; ++seed) {
    Rng rng(seed);
    goals.push_back(GoalOf(GenerateHouse({9, 8, 8}, rng), world));
  }
  const std::vector<Figure> generated = Summarize(world, goals);
  struct Tolerance {
    std::string name;
    double relative;
  };
  for (const auto& [name, relative] : std::vector<Tolerance>{{"edits needed", 0.1},
                                                             {"blocks above ground", 0.1},
                                                             {"bounding box x", 0.1},
                                                             {"bounding box y", 0.1},
                                                             {"bounding box z", 0.1},
                                                             {"density of the box", 0.1},
                                                             {"footprint", 0.1},
                                                             {"floor cells", 0.15},
                                                             {"floor under the footprint", 0.1},
                                                             {"roofed air", 0.2},
                                                             {"overhanging blocks", 0.2},
                                                             {"doors", 0.25},
                                                             {"windows", 0.2},
                                                             {"top layer is y=8", 0.2},
                                                             {"walls one thick (y=2,3)", 0.2},
                                                             {"planks above ground", 0.2},
                                                             {"log above ground", 0.25},
                                                             {"stone above ground", 0.25},
                                                             {"touching pairs of one type", 0.05},
                                                             {"block types", 0.15},
                                                             {"mirror symmetry in x", 0.15},
                                                             {"mirror symmetry in z", 0.15}}) {
    CAPTURE(name);
    CHECK(Value(generated, name) == Approx(Value(RealHouseFigures(), name)).epsilon(relative));
  }
}

}  // namespace
}  // namespace hod::env
