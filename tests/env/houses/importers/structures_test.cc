// CraftAssist and GrabCraft files, and the names and numbers of Minecraft's blocks.
#include "absl/strings/str_cat.h"
#include "env/houses/importers/block_names.h"
#include "env/houses/importers/craftassist.h"
#include "env/houses/importers/grabcraft.h"
#include "env/houses/importers/legacy_blocks.h"
#include "env/houses/transforms/auto_fill.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/npy_bytes.h"

namespace hod::env {
namespace {

using Catch::Contains;

TEST_CASE("blocks: old numbers and new names of a block mean the same type") {
  struct Case {
    int id, data;
    const char* name;
    Block block;
  };
  const auto c = GENERATE(values<Case>({
      {1, 3, "minecraft:diorite", kStone},
      {5, 2, "minecraft:birch_planks", kPlanks},
      {17, 0, "minecraft:oak_log[axis=y]", kLog},
      {18, 4, "minecraft:oak_leaves", kDirt},
      {35, 14, "minecraft:red_wool", kWool},
      {43, 5, "minecraft:stone_brick_slab[type=double]", kStonebrick},
      {44, 1, "minecraft:sandstone_slab", kCobblestone},
      {53, 0, "minecraft:oak_stairs[facing=north,half=top]", kPlanks},
      {64, 0, "minecraft:oak_door", kAir},
      {67, 0, "minecraft:cobblestone_stairs", kCobblestone},
      {84, 0, "minecraft:jukebox", kPlanks},
      {89, 0, "minecraft:glowstone", kAuto},
      {95, 11, "minecraft:blue_stained_glass", kGlass},
      {102, 0, "minecraft:glass_pane", kGlass},
      {108, 0, "minecraft:brick_stairs", kStonebrick},
      {109, 0, "minecraft:stone_brick_stairs", kStonebrick},
      {126, 1, "minecraft:spruce_slab", kPlanks},
      {139, 1, "minecraft:mossy_cobblestone_wall", kCobblestone},
      {156, 0, "minecraft:quartz_stairs", kStone},
      {159, 3, "minecraft:light_blue_terracotta", kStone},
      {171, 7, "minecraft:gray_carpet", kAir},
      {180, 0, "minecraft:red_sandstone_stairs", kCobblestone},
      {188, 0, "minecraft:spruce_fence", kPlanks},
      {203, 0, "minecraft:purpur_stairs", kStonebrick},
      {251, 0, "minecraft:white_concrete", kWool},
  }));
  INFO(c.name);
  CHECK(LegacyBlock(c.id, c.data) == c.block);
  CHECK(IsInCraftAssistMap(c.id, c.data));
  CHECK(BlockFromName(c.name) == c.block);
}

TEST_CASE("blocks: what no type stands for is unknown") {
  for (const char* name : {"", "minecraft:", "minecraft:oak_cogwheel", "create:stone",
                           "minecraft:_stairs", "stairs"}) {
    INFO(name);
    CHECK_FALSE(BlockFromName(name).has_value());
  }
  CHECK_FALSE(LegacyBlock(97, 6).has_value());
  CHECK_FALSE(LegacyBlock(254, 0).has_value());
  CHECK_FALSE(LegacyBlock(256, 0).has_value());
  CHECK_FALSE(LegacyBlock(1, 16).has_value());
  // Leaves that decay are earth to us, but not in the reference's map.
  CHECK(LegacyBlock(18, 0) == kDirt);
  CHECK_FALSE(IsInCraftAssistMap(18, 0));
  // So are huge mushrooms, with stems of wood.
  CHECK(LegacyBlock(99, 0) == kDirt);
  CHECK(LegacyBlock(100, 10) == kLog);
  CHECK_FALSE(IsInCraftAssistMap(99, 0));
  CHECK_FALSE(IsInCraftAssistMap(100, 10));
  int pairs = 0;
  for (int id = 0; id < 256; ++id) {
    for (int data = 0; data < 16; ++data) {
      pairs += IsInCraftAssistMap(id, data);
      if (IsInCraftAssistMap(id, data)) CHECK(LegacyBlock(id, data).has_value());
    }
  }
  CHECK(pairs == 739);
}

TEST_CASE("blocks: names of GrabCraft") {
  CHECK(BlockFromGrabCraftName("Cobblestone") == kCobblestone);
  CHECK(BlockFromGrabCraftName("Oak Wood Plank") == kPlanks);
  CHECK(BlockFromGrabCraftName("Oak Wood Stairs (East, Normal)") == kPlanks);
  CHECK(BlockFromGrabCraftName("Oak Wood, Facing North/South") == kLog);
  CHECK(BlockFromGrabCraftName("Double Stone Brick Slab") == kStonebrick);
  CHECK(BlockFromGrabCraftName(" (Acacia Wood, Upper)") == kPlanks);
  CHECK(BlockFromGrabCraftName("Double Wooden Slab") == kPlanks);
  CHECK(BlockFromGrabCraftName("Cactus Flower Pot") == kAir);
  CHECK(BlockFromGrabCraftName("Torch (Facing Up)") == kAir);
  CHECK(BlockFromGrabCraftName("Jukebox") == kAir);
  CHECK(BlockFromGrabCraftName("Jack-o-Lantern (Facing East)") == kAuto);
  CHECK_FALSE(BlockFromGrabCraftName("Warp Drive").has_value());
}

// A CraftAssist file of the pairs, in the order [y][x][z].
std::string CraftAssistBytes(int h, int w, int d, const std::string& pairs) {
  return NpyBytes(absl::StrCat("{'descr': '|u1', 'fortran_order': False, 'shape': (", h, ", ", w,
                               ", ", d, ", 2), }"),
                  pairs);
}

TEST_CASE("craftassist: faces of blocks and earth are trimmed, air stays") {
  const TempDir dir;
  // A layer of grass, then a 2x2 layer of stone, air, a torch and a lamp.
  const std::string pairs("\x02\x00\x02\x00\x02\x00\x02\x00\x01\x00\x00\x00\x32\x01\x59\x00", 16);
  const auto house = ReadCraftAssist(dir.Write("schematic.npy", CraftAssistBytes(2, 2, 2, pairs)));
  REQUIRE(house.ok());
  CHECK(house->size == WorldSize{2, 1, 2});
  CHECK(house->blocks == std::vector<Block>{kStone, kAir, kAir, kStone});
}

TEST_CASE("craftassist: wrong files are refused") {
  const TempDir dir;
  const auto message = [&](const std::string& bytes) {
    return std::string(ReadCraftAssist(dir.Write("schematic.npy", bytes)).status().message());
  };
  const std::string good = CraftAssistBytes(1, 1, 2, std::string("\x01\x00\x00\x00", 4));
  REQUIRE(ReadCraftAssist(dir.Write("schematic.npy", good)).ok());
  for (size_t length = 0; length < good.size(); ++length) {
    REQUIRE_THAT(message(good.substr(0, length)), Contains("schematic.npy: offset"));
  }
  CHECK_THAT(message(CraftAssistBytes(1, 1, 2, std::string("\x00\x00\x12\x00", 4))),
             Contains(absl::StrCat("offset ", good.size() - 2, ": block 18:0")));
  CHECK_THAT(
      message(NpyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 3)}", "abc")),
      Contains("the last extent is 3, expected 2"));
  CHECK_THAT(message(NpyBytes(NpyHeader({1, 2, 3}), "abcdef")), Contains("'shape' of 4 extents"));
  CHECK_THAT(message(CraftAssistBytes(512, 512, 512, "")), Contains("more than 33554432 bytes"));
  CHECK_THAT(message(CraftAssistBytes(513, 1, 1, "")), Contains("extents from 1 to 512"));
}

TEST_CASE("grabcraft: cells by y, x and z within their bounding box") {
  const TempDir dir;
  const auto house = ReadGrabCraft(dir.Write("1.json", R"({
      "5": {"2": {"3": {"x": 2, "rgb": [1, 2, [3]], "more": {"name": "Glass"}, "name": "Cobblestone"},
                  "4": {"name": "Warp Drive"}}},
      "6": {"3": {"3": {"name": "Spruce Wood Plank", "transparent": false}}}})"));
  INFO(house.status().message());
  REQUIRE(house.ok());
  CHECK(house->size == WorldSize{2, 2, 2});
  CHECK(house->At({0, 0, 0}) == kCobblestone);
  CHECK(house->At({0, 0, 1}) == kPlanks);  // Unknown: of cobblestone and planks the larger id.
  CHECK(house->At({1, 1, 0}) == kPlanks);
}

TEST_CASE("grabcraft: wrong files are refused, naming the place") {
  const TempDir dir;
  struct Case {
    std::string text, message;
  };
  const auto case_ = GENERATE(values<Case>({
      {"", "offset 1: not valid JSON, or truncated"},
      {"[1]", "expected an object at depth 1"},
      {"{\"1\": 3}", "y 1, x 0, z 0: expected an object at depth 2"},
      {"{\"1\": {\"2\": [{}]}}", "expected an object at depth 3"},
      {"{\"1\": {\"2\": {\"3\": \"Stone\"}}}", "y 1, x 2, z 3: expected an object at depth 4"},
      {"{\"1\": {\"2\": {\"3\": {\"x\": 1}}}}", "y 1, x 2, z 3: a block without a \"name\""},
      {"{\"1\": {\"2\": {\"3\": {\"name\": 7}}}}", "a block without a \"name\""},
      {"{\"up\": {}}", "key \"up\", expected a coordinate"},
      {"{\"99999999\": {}}", "expected a coordinate"},
      {"{}", "no blocks"},
      {R"({"1": {"2": {"3": {"name": "Stone", "name": "Glass"}}}})",
       "y 1, x 2, z 3: a block with two names"},
      {R"({"1": {"2": {"3": {"name": "Stone"}, "03": {"name": "Glass"}}}})",
       "y 1, x 2, z 3: two blocks there"},
      {R"({"1": {"1": {"1": {"name": "Stone"}}}, "900": {"1": {"1": {"name": "Stone"}}}})",
       "extents 1x900x1"},
      {
          R"json({"1": {"1": {"1": {"name": "Brown Mushroom Block (Pores)"
    }}
}
})json",
          "block Brown Mushroom Block"},
      {R"({"1": {"1": {"1": {"a": )" + std::string(100000, '['), "nested too deep"},
      {std::string(100000, '{'), "not valid JSON"},
  }));
  const auto house = ReadGrabCraft(dir.Write("bad.json", case_.text));
  REQUIRE_FALSE(house.ok());
  CHECK_THAT(std::string(house.status().message()),
             Contains("bad.json: ") && Contains(case_.message));
}

TEST_CASE("grabcraft: every truncation is refused, and what is too long") {
  const TempDir dir;
  CHECK_THAT(std::string(ReadGrabCraft(dir.Write("1.json", std::string(size_t{33} << 20, '{')))
                             .status()
                             .message()),
             Contains("1.json: has 34603008 bytes"));
  CHECK_FALSE(ReadGrabCraft(dir.path() + "/none.json").ok());
  const std::string text = R"({"1": {"2": {"3": {"name": "Stone", "rgb": [1, 2]}}}})";
  REQUIRE(ReadGrabCraft(dir.Write("1.json", text)).ok());
  for (size_t length = 0; length < text.size(); ++length) {
    REQUIRE_FALSE(ReadGrabCraft(dir.Write("1.json", text.substr(0, length))).ok());
  }
}

}  // namespace
}  // namespace hod::env
