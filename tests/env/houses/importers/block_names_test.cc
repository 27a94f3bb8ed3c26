// The names of all blocks of Minecraft. Each line of a list beside this file is a type, or "auto",
// and names that are of it.
#include "env/houses/importers/block_names.h"

#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "env/houses/importers/bedrock_names.h"
#include "env/houses/transforms/auto_fill.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

std::map<std::string, Block> TypesByName() {
  std::map<std::string, Block> types = {{"auto", kAuto}};
  for (int block = 0; block < kNumBlocks; ++block) {
    types[kBlockNames[static_cast<size_t>(block)]] = static_cast<Block>(block);
  }
  return types;
}

// Checks all names of a list, and returns how many they are.
size_t CheckAll(const std::string& list,
                const std::function<std::optional<Block>(absl::string_view)>& type_of) {
  const std::map<std::string, Block> types = TypesByName();
  std::set<std::string> names;
  const std::string text = ReadBytes(SourceDir() + "/tests/env/houses/importers/" + list);
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    for (size_t i = 1; i < words.size(); ++i) {
      INFO(words[i]);
      CHECK(type_of(absl::StrCat("minecraft:", words[i])) == types.at(words[0]));
      CHECK(names.insert(words[i]).second);
    }
  }
  return names.size();
}

TEST_CASE("blocks: all names of the Java edition from 1.13 to 26.3, snapshot 2") {
  CHECK(CheckAll("java_blocks.txt", BlockFromName) == 1258);
}

TEST_CASE("blocks: all names of the Bedrock edition from 1.16 to 1.26") {
  CHECK(CheckAll("java_blocks.txt", [](absl::string_view name) {
          // Names that mean other blocks there.
          if (name == "minecraft:grass") return std::optional<Block>(kAir);
          if (name == "minecraft:snow") return std::optional<Block>(kAir);
          if (name == "minecraft:stone_stairs") return std::optional<Block>(kStone);
          return BlockFromBedrockState(name);
        }) == 1258);
  CHECK(CheckAll("bedrock_blocks.txt", BlockFromBedrockState) == 393);
}

TEST_CASE("blocks: properties of Bedrock that say the material") {
  const auto type = [](const char* state) { return BlockFromBedrockState(state); };
  CHECK(type("minecraft:stone_block_slab[stone_slab_type=sandstone]") == kCobblestone);
  CHECK(type("minecraft:stone_block_slab[stone_slab_type=wood,top_slot_bit=0]") == kPlanks);
  CHECK(type("minecraft:double_stone_block_slab2[stone_slab_type_2=prismarine_dark]") ==
        kStonebrick);
  CHECK(type("minecraft:stone_block_slab3[stone_slab_type_3=polished_andesite]") == kStone);
  CHECK(type("minecraft:stone_block_slab4[stone_slab_type_4=mossy_stone_brick]") == kStonebrick);
  CHECK(type("minecraft:cobblestone_wall[wall_block_type=end_brick]") == kCobblestone);
  CHECK(type("minecraft:cobblestone_wall[wall_block_type=granite]") == kStone);
  CHECK(type("minecraft:monster_egg[monster_egg_stone_type=chiseled_stone_brick]") == kStonebrick);
  CHECK(type("minecraft:stone_stairs[weirdo_direction=1]") == kCobblestone);
  // Without it, they are of an unknown material.
  CHECK_FALSE(type("minecraft:stone_block_slab").has_value());
  CHECK_FALSE(type("other:stone").has_value());
  CHECK_FALSE(type("minecraft:cogwheel").has_value());
}

}  // namespace
}  // namespace hod::env
