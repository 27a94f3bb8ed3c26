// Fields and names that say what the cells of an editor's file mean: honoured or refused.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "env/houses/importers/legacy_names.h"
#include "env/houses/importers/schematic.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/schematic_files.h"

namespace hod::env {
namespace {

using Catch::Contains;
using nbt::Fields;
using nbt::FileOf;
using nbt::With;
using nbt::Without;

// Four cells in a row, of the numbers, with data values of 0.
Fields Row(const std::string& numbers) {
  return {
      {"Materials", nbt::String("Alpha")}, {"Width", nbt::Short(static_cast<int>(numbers.size()))},
      {"Height", nbt::Short(1)},           {"Length", nbt::Short(1)},
      {"Blocks", nbt::Bytes(numbers)},     {"Data", nbt::Bytes(std::string(numbers.size(), '\0'))}};
}

absl::StatusOr<House> Read(const std::string& bytes) {
  const TempDir dir;
  return ReadSchematic(dir.Write("a.schematic", bytes));
}

std::vector<Block> BlocksOf(const Fields& fields) {
  const absl::StatusOr<House> house = Read(FileOf(fields));
  INFO(house.status().message());
  REQUIRE(house.ok());
  return house->blocks;
}

std::string MessageOf(const Fields& fields) {
  const absl::StatusOr<House> house = Read(FileOf(fields));
  REQUIRE_FALSE(house.ok());
  return std::string(house.status().message());
}

Fields And(Fields fields, const std::string& name, const nbt::Value& value) {
  fields.push_back({name, value});
  return fields;
}

// A row of the states, in Sponge's format.
Fields States(int version, const std::vector<std::string>& states) {
  Fields palette;
  std::string data;
  for (size_t i = 0; i < states.size(); ++i) {
    palette.push_back({states[i], nbt::Int(static_cast<int>(i))});
    data += static_cast<char>(i);
  }
  Fields fields = With(With(nbt::Sponge(version, data), "Palette", nbt::Compound(palette)), "Width",
                       nbt::Short(static_cast<int>(states.size())));
  return Without(With(fields, "Length", nbt::Short(1)), "DataVersion");
}

TEST_CASE("meaning: Schematica's and MCEdit's names for numbers") {
  const nbt::Value schematica = nbt::Compound({{"minecraft:planks", nbt::Short(1)},
                                               {"minecraft:stone_slab", nbt::Short(2)},
                                               {"chisel:marble@2", nbt::Short(300)}}),
                   mcedit = nbt::Compound({{"1", nbt::String("minecraft:planks")},
                                           {"2", nbt::String("minecraft:stone_slab")},
                                           {"300", nbt::String("chisel:marble@2")}});
  const auto [field, names] = GENERATE_COPY(values<std::pair<const char*, nbt::Value>>(
      {{"SchematicaMapping", schematica}, {"BlockIDs", mcedit}}));
  Fields row = And(With(Row("\x01\x02\x02\x04"), "Data", nbt::Bytes(std::string("\0\5\0\0", 4))),
                   field, names);
  // The data value is the slab's material; a number without a name is the usual one.
  CHECK(BlocksOf(row) == std::vector<Block>{kPlanks, kStonebrick, kStone, kCobblestone});

  // Number 300 is 0x12c. With names, the first cell of a byte has the high bits.
  row = With(row, "Blocks", nbt::Bytes("\x01\x01\x2c\x01"));
  CHECK_THAT(MessageOf(And(row, "AddBlocks", nbt::Bytes(std::string("\x00\x10", 2)))),
             Contains("block chisel:marble@2:0 at (2, 0, 0)"));
}

TEST_CASE("meaning: names for numbers that contradict are refused") {
  const Fields row = Row("\x01\x02\x02\x04");
  CHECK_THAT(MessageOf(And(row, "SchematicaMapping",
                           nbt::Compound({{"minecraft:planks", nbt::Short(1)},
                                          {"minecraft:wool", nbt::Short(1)}}))),
             Contains("block number 1 has two names"));
  CHECK_THAT(MessageOf(And(row, "SchematicaMapping",
                           nbt::Compound({{"minecraft:planks", nbt::Short(5000)}}))),
             Contains("block number 5000, expected 0 to 4095"));
  CHECK_THAT(MessageOf(And(row, "SchematicaMapping", nbt::Int(1))),
             Contains("expected a compound"));
  CHECK_THAT(
      MessageOf(And(row, "BlockIDs", nbt::Compound({{"one", nbt::String("minecraft:wool")}}))),
      Contains("BlockIDs has \"one\", expected a block number"));
  CHECK_THAT(MessageOf(And(row, "BlockIDs", nbt::Compound({{"1", nbt::Int(1)}}))),
             Contains("expected a text"));
  CHECK_THAT(MessageOf(And(And(row, "BlockIDs", nbt::Compound({})), "SchematicaMapping",
                           nbt::Compound({}))),
             Contains("not both"));
}

TEST_CASE("meaning: numbers of other editions are refused") {
  for (const char* materials : {"Classic", "Pocket", "Structure", ""}) {
    CHECK_THAT(MessageOf(With(Row("\x01\x02\x02\x04"), "Materials", nbt::String(materials))),
               Contains(absl::StrCat("Materials is \"", materials, "\"")) &&
                   Contains("expected \"Alpha\""));
  }
  CHECK_THAT(MessageOf(With(Row("\x01\x02\x02\x04"), "Materials", nbt::Int(1))),
             Contains("expected a text"));
  CHECK(BlocksOf(Without(Row("\x05"), "Materials")) == std::vector<Block>{kPlanks});
}

TEST_CASE("meaning: numbers above 255, by any of the fields") {
  const Fields even = Row("\x05\x05\x05\x05"), odd = Row("\x05\x05\x05");
  const std::string none(2, '\0');
  for (const auto& [row, add] : std::vector<std::pair<Fields, nbt::Value>>{
           {even, nbt::Bytes(none)},
           {even, nbt::Bytes(none + '\0')},  // WorldEdit's length.
           {odd, nbt::Bytes(none)}}) {
    CHECK(BlocksOf(And(row, "AddBlocks", add))[0] == kPlanks);
  }
  CHECK(BlocksOf(And(even, "Add", nbt::Bytes(none + none))) == std::vector<Block>(4, kPlanks));
  CHECK_THAT(MessageOf(And(even, "Add", nbt::Bytes(none + std::string("\x01\x00", 2)))),
             Contains("block 261:0 at (2, 0, 0)"));
  // Without names, the first cell of a byte has the low bits.
  CHECK_THAT(MessageOf(And(even, "AddBlocks", nbt::Bytes(std::string("\x00\x10", 2)))),
             Contains("block 261:0 at (3, 0, 0)"));

  CHECK_THAT(MessageOf(And(even, "AddBlocks", nbt::Bytes("\x01"))),
             Contains("AddBlocks has 1 bytes, expected 2"));
  CHECK_THAT(MessageOf(And(odd, "AddBlocks", nbt::Bytes("\x01\x01\x01"))),
             Contains("AddBlocks has 3 bytes, expected 2"));
  CHECK_THAT(MessageOf(And(even, "Add", nbt::Bytes(none))),
             Contains("Add has 2 bytes, expected 4"));
  CHECK_THAT(
      MessageOf(And(And(even, "Add", nbt::Bytes(none + none)), "AddBlocks", nbt::Bytes(none))),
      Contains("expected one of AddBlocks and Add"));
}

TEST_CASE("meaning: an unknown array for all cells is refused") {
  const Fields row = Row(std::string(32, '\x05'));
  CHECK_THAT(MessageOf(And(row, "Blocks16", {11, nbt::BigEndian(32, 4) + std::string(128, '\1')})),
             Contains("Blocks16 is an array for all cells"));
  CHECK_THAT(MessageOf(And(row, "AddData", nbt::Bytes(std::string(16, '\1')))),
             Contains("AddData is an array for all cells"));
  CHECK(BlocksOf(And(row, "Biomes", nbt::Bytes(std::string(32, '\1'))))[0] == kPlanks);
  CHECK(BlocksOf(And(row, "Offset", {11, nbt::BigEndian(3, 4) + std::string(12, '\1')}))[0] ==
        kPlanks);
}

TEST_CASE("meaning: a field that is there twice is refused") {
  const Fields row = Row("\x05");
  CHECK_THAT(MessageOf(And(row, "Blocks", nbt::Bytes("\x01"))),
             Contains("field \"Blocks\" appears twice"));
  CHECK_THAT(MessageOf(And(row, "Materials", nbt::String("Alpha"))),
             Contains("field \"Materials\" appears twice"));
  CHECK_THAT(MessageOf(And(row, "Palette", nbt::Compound({}))),
             Contains("expected one of Blocks and Palette"));
}

TEST_CASE("meaning: names of 1.12 in Sponge's format") {
  // The palette's own names tell.
  CHECK(BlocksOf(States(1, {"minecraft:grass[snowy=false]", "minecraft:air"})) ==
        std::vector<Block>{kDirt, kAir});
  CHECK(BlocksOf(States(
            1, {"minecraft:stone_stairs[half=top]", "minecraft:snow",
                "minecraft:log[variant=oak,axis=y]", "minecraft:stone_slab[variant=sandstone]",
                "minecraft:stone_slab[half=top,variant=wood_old]",
                "minecraft:double_stone_slab[variant=nether_brick]",
                "minecraft:monster_egg[variant=mossy_brick]",
                "minecraft:brown_mushroom_block[variant=all_stem]",
                "minecraft:stained_hardened_clay[color=red]", "minecraft:silver_glazed_terracotta",
                "minecraft:tallgrass"})) ==
        std::vector<Block>{kCobblestone, kStone, kLog, kCobblestone, kPlanks, kStonebrick,
                           kStonebrick, kLog, kStone, kStone, kAir});
  CHECK(BlocksOf(States(1, {"minecraft:grass", "minecraft:oak_planks"})) ==
        std::vector<Block>{kAir, kPlanks});
  // If they do not, a file of the first version is of that time, and a later one is not.
  CHECK(BlocksOf(States(1, {"minecraft:grass"})) == std::vector<Block>{kDirt});
  CHECK(BlocksOf(States(2, {"minecraft:grass", "minecraft:stone"})) ==
        std::vector<Block>{kAir, kStone});
  CHECK(BlocksOf(And(States(2, {"minecraft:grass", "minecraft:stone"}), "DataVersion",
                     nbt::Int(1343))) == std::vector<Block>{kDirt, kStone});
  CHECK(BlocksOf(States(1, {"minecraft:snow[layers=3]", "minecraft:stone"})) ==
        std::vector<Block>{kAir, kStone});
  CHECK_THAT(MessageOf(States(1, {"minecraft:planks", "minecraft:oak_planks", "minecraft:grass"})),
             Contains("minecraft:planks") && Contains("minecraft:oak_planks") &&
                 Contains("minecraft:grass may be either of two blocks"));
  CHECK(BlocksOf(States(1, {"minecraft:planks", "minecraft:oak_planks"})) ==
        std::vector<Block>{kPlanks, kPlanks});
  const Fields mixed =
      States(2, {"minecraft:nether_brick", "minecraft:oak_planks", "minecraft:grass"});
  CHECK(BlocksOf(mixed) == std::vector<Block>{kStonebrick, kPlanks, kAir});
  CHECK(BlocksOf(And(mixed, "DataVersion", nbt::Int(1343))) ==
        std::vector<Block>{kStonebrick, kPlanks, kDirt});
}

TEST_CASE("meaning: a data version counts in Sponge's first format, with its version and without") {
  const Fields grass = States(1, {"minecraft:grass", "minecraft:stone"});
  for (const Fields& fields : {grass, Without(grass, "Version")}) {
    CHECK(BlocksOf(fields) == std::vector<Block>{kDirt, kStone});
    CHECK(BlocksOf(And(fields, "DataVersion", nbt::Int(1343))) ==
          std::vector<Block>{kDirt, kStone});
    CHECK(BlocksOf(And(fields, "DataVersion", nbt::Int(2975))) == std::vector<Block>{kAir, kStone});
  }
}

TEST_CASE("meaning: more than four bits of a data value or of a number's higher bits are refused") {
  const Fields row = Row("\x05\x05\x05");
  CHECK_THAT(MessageOf(And(row, "Add", nbt::Bytes(std::string("\x00\x10\x10", 3)))),
             Contains("Add of cell 1 is 16, expected 0 to 15"));
  CHECK_THAT(MessageOf(With(row, "Data", nbt::Bytes(std::string("\x00\x0f\xf0", 3)))),
             Contains("Data of cell 2 is 240, expected 0 to 15"));
  CHECK(BlocksOf(With(row, "Data", nbt::Bytes(std::string("\x00\x0f\x01", 3)))) ==
        std::vector<Block>(3, kPlanks));
}

TEST_CASE("meaning: the numbers of names of 1.12") {
  struct Case {
    const char* name;
    int data;
    Block block;
  };
  const auto c = GENERATE(values<Case>({{"minecraft:air", 0, kAir},
                                        {"minecraft:grass", 0, kDirt},
                                        {"planks", 0, kPlanks},
                                        {"minecraft:wool", 3, kWool},
                                        {"minecraft:double_stone_slab", 5, kStonebrick},
                                        {"minecraft:concrete", 0, kWool},
                                        {"minecraft:structure_block", 0, kAir}}));
  INFO(c.name);
  CHECK(BlockFromLegacyName(c.name, c.data) == c.block);
}

TEST_CASE("meaning: files that went wrong in the field") {
  const std::string cases = SharedData("cases");
  if (cases.empty()) return;
  const auto count = [&](const char* name, Block block) {
    const absl::StatusOr<House> house = ReadSchematic(cases + "/" + name);
    INFO(house.status().message());
    REQUIRE(house.ok());
    return std::count(house->blocks.begin(), house->blocks.end(), block);
  };
  CHECK(count("schematicamapping.schematic", kPlanks) > 50);
  CHECK(count("schematicamapping.schematic", kStone) == 0);
  CHECK(count("addblocks-worldedit-even.schematic", kPlanks) > 50);
  CHECK(count("names-1.12-grass.schem", kDirt) > 50);
  CHECK_THAT(std::string(ReadSchematic(cases + "/add-schematica.schematic").status().message()),
             Contains("block 261:0 at (0, 0, 0)"));
}

}  // namespace
}  // namespace hod::env
