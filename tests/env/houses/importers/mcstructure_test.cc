// Files of the Bedrock edition.
#include "env/houses/importers/mcstructure.h"

#include "env/base/random.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/damaged_files.h"
#include "tests/support/env/structure_files.h"

namespace hod::env {
namespace {

using Catch::Contains;
using nbt::Fields;

const std::vector<Block> kTypes = {kAir, kStone, kPlanks, kDirt};

nbt::Value Palette() {
  return nbt::States({{"air", {}},
                      {"stone", {{"stone_type", "granite"}}},
                      {"planks", {{"wood_type", "oak"}}},
                      {"grass", {}}},
                     "name", "states");
}

std::string FileOf(const Fields& fields) {
  return nbt::LittleEndian(nbt::Named("", nbt::Compound(fields)));
}

absl::StatusOr<House> Read(const Fields& fields) {
  const TempDir dir;
  return ReadMcstructure(dir.Write("a.mcstructure", FileOf(fields)));
}

// A 1x2x2 structure: stone and planks, with nothing and earth above.
Fields Hut() { return nbt::Mcstructure({1, 2, 2}, Palette(), {{1, 2, -1, 3}, {-1, -1, -1, -1}}); }

TEST_CASE("mcstructure: cells in Bedrock's order") {
  const auto hut = Read(Hut());
  INFO(hut.status().message());
  REQUIRE(hut.ok());
  CHECK(hut->size == WorldSize{1, 2, 2});
  CHECK(hut->At({0, 0, 0}) == kStone);
  CHECK(hut->At({0, 0, 1}) == kPlanks);
  CHECK(hut->At({0, 1, 0}) == kAir);
  CHECK(hut->At({0, 1, 1}) == kDirt);
  Rng rng(7);
  for (int round = 0; round < 40; ++round) {
    const WorldSize size{rng.Between(1, 7), rng.Between(1, 7), rng.Between(1, 7)};
    House expected = AirHouse(size);
    std::vector<int> cells;
    for (int x = 0; x < size.w; ++x) {
      for (int y = 0; y < size.h; ++y) {
        for (int z = 0; z < size.d; ++z) {
          cells.push_back(rng.Between(-1, 3));
          if (cells.back() >= 0) {
            expected.Set({x, y, z}, kTypes[static_cast<size_t>(cells.back())]);
          }
        }
      }
    }
    const auto house = Read(nbt::Mcstructure({size.w, size.h, size.d}, Palette(),
                                             {cells, std::vector<int>(cells.size(), -1)}));
    REQUIRE(house.ok());
    REQUIRE(house->blocks == expected.blocks);
  }
}

TEST_CASE("mcstructure: a block of the second layer counts where the first has none") {
  const auto house = Read(nbt::Mcstructure({1, 1, 3}, Palette(), {{1, 0, -1}, {2, 2, 3}}));
  REQUIRE(house.ok());
  CHECK(house->blocks == std::vector<Block>{kStone, kPlanks, kDirt});
  CHECK(Read(nbt::Mcstructure({1, 1, 1}, Palette(), {{1}}))->blocks[0] == kStone);
}

TEST_CASE("mcstructure: states may be numbers") {
  const auto read = [](const char* name, const char* state, const nbt::Value& value) {
    const nbt::Value palette =
        nbt::List({nbt::Compound({{"name", nbt::String(name)},
                                  {"states", nbt::Compound({{state, value}})},
                                  {"version", nbt::Int(17959425)}})});
    return Read(nbt::Mcstructure({1, 1, 1}, palette, {{0}}))->blocks[0];
  };
  CHECK(read("minecraft:brown_mushroom_block", "huge_mushroom_bits", nbt::Int(15)) == kLog);
  CHECK(read("minecraft:brown_mushroom_block", "huge_mushroom_bits", nbt::Int(14)) == kDirt);
  CHECK(read("minecraft:stone_block_slab", "stone_slab_type", nbt::String("brick")) == kStonebrick);
  CHECK(read("minecraft:oak_stairs", "upside_down_bit", nbt::Byte(1)) == kPlanks);
}

// A palette of one entry with a data value, from before states or, where it has some, beside them.
nbt::Value WithData(const std::string& name, int data, const Fields& states) {
  Fields fields = {
      {"name", nbt::String(name)}, {"val", nbt::Short(data)}, {"version", nbt::Int(17694723)}};
  if (!states.empty()) fields.push_back({"states", nbt::Compound(states)});
  return nbt::List({nbt::Compound(fields)});
}

TEST_CASE("mcstructure: data values of before states say the material") {
  struct Case {
    const char* name;
    int data;
    Block block;
  };
  const auto case_ = GENERATE(values<Case>({{"minecraft:stone_slab", 0, kStone},
                                            {"minecraft:stone_slab", 1, kCobblestone},
                                            {"minecraft:stone_slab", 2, kPlanks},
                                            {"minecraft:stone_slab", 6, kStone},
                                            {"minecraft:stone_slab", 7, kStonebrick},
                                            {"minecraft:stone_slab", 8 + 2, kPlanks},
                                            {"minecraft:double_stone_slab", 4, kStonebrick},
                                            {"minecraft:stone_slab2", 1, kStonebrick},
                                            {"minecraft:double_stone_slab3", 6, kStone},
                                            {"minecraft:stone_slab4", 3, kCobblestone},
                                            {"minecraft:monster_egg", 2, kStonebrick},
                                            {"minecraft:cobblestone_wall", 7, kStonebrick},
                                            {"minecraft:brown_mushroom_block", 10, kLog},
                                            {"minecraft:brown_mushroom_block", 14, kDirt},
                                            {"minecraft:planks", 5, kPlanks},
                                            {"minecraft:wool", 15, kWool}}));
  INFO(case_.name << " " << case_.data);
  const auto house = Read(nbt::Mcstructure({1, 1, 1}, WithData(case_.name, case_.data, {}), {{0}}));
  INFO(house.status().message());
  REQUIRE(house.ok());
  CHECK(house->blocks[0] == case_.block);
}

TEST_CASE("mcstructure: a data value beside states, or that a block does not have, is refused") {
  const auto read = [](const std::string& name, int data, const Fields& states = {}) {
    return Read(nbt::Mcstructure({1, 1, 1}, WithData(name, data, states), {{0}}));
  };
  const Fields brick = {{"stone_slab_type", nbt::String("brick")}};
  CHECK(read("minecraft:stone_slab", 0, brick)->blocks[0] == kStonebrick);
  const auto message = [&](const std::string& name, int data, const Fields& states = {}) {
    return std::string(read(name, data, states).status().message());
  };
  CHECK_THAT(message("minecraft:stone_slab", 2, brick),
             Contains("val is 2 beside the states of minecraft:stone_slab[stone_slab_type=brick]"));
  CHECK_THAT(message("minecraft:stone_slab4", 5),
             Contains("val is 5, which minecraft:stone_slab4 does not have"));
  CHECK_THAT(message("minecraft:cobblestone_wall", 14), Contains("val is 14, which"));
  CHECK_THAT(message("minecraft:planks", 16), Contains("val is 16, which minecraft:planks"));
  CHECK_THAT(message("minecraft:stone_slab", -1), Contains("val is -1, which"));
}

TEST_CASE("mcstructure: what is wrong is named") {
  struct Case {
    Fields fields;
    std::string message;
  };
  const auto layers = [](const std::vector<std::vector<int>>& cells) {
    return nbt::Mcstructure({1, 1, 2}, Palette(), cells);
  };
  const nbt::Value unknown = nbt::States({{"cogwheel", {}}}, "name", "states");
  const auto case_ = GENERATE_COPY(values<Case>({
      {nbt::Without(Hut(), "format_version"), "no field \"format_version\""},
      {With(Hut(), "format_version", nbt::Int(2)), "format_version 2, expected 1"},
      {nbt::Without(Hut(), "size"), "no field \"size\""},
      {With(Hut(), "size", nbt::Ints(nbt::Three{1, 0, 1})), "size 1x0x1"},
      {With(Hut(), "size", nbt::Ints(nbt::Three{512, 512, 512})), "134217728 cells"},
      {With(Hut(), "structure", nbt::Compound({})), "no field \"palette\""},
      {layers({}), "block_indices is empty"},
      {layers({{1}}), "1 block_indices, expected 2"},
      {layers({{1, 1, 1}}), "more than 2 block_indices"},
      {layers({{1, 1}, {1, 1}, {1, 1}}), "more than 2 layers"},
      {layers({{1, 4}}), "palette index 4, which the palette does not have"},
      {layers({{1, -2}}), "palette index -2"},
      {nbt::Mcstructure({1, 1, 1}, unknown, {{0}}), "block minecraft:cogwheel at (0, 0, 0)"},
      {nbt::Mcstructure({1, 1, 1}, nbt::List({nbt::Int(1)}), {{0}}), "expected a compound"},
  }));
  CHECK_THAT(std::string(Read(case_.fields).status().message()),
             Contains("a.mcstructure: ") && Contains(case_.message));
}

TEST_CASE("mcstructure: every truncation and many damages are refused, naming the file") {
  CheckTruncatedAndDamaged(".mcstructure", FileOf(Hut()), ReadMcstructure);
}

}  // namespace
}  // namespace hod::env
