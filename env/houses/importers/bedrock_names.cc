#include "env/houses/importers/bedrock_names.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "env/houses/importers/block_names.h"
#include "env/houses/importers/legacy_names.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

// Names that only Bedrock has.
struct Names {
  Block type;
  const char* names;
};
constexpr Names kNames[] = {
    {kStone,
     "normal_stone_stairs normal_stone_slab normal_stone_double_slab coral_block netherreactor "
     "glowingobsidian "
     "chemical_heat "
     "chemistry_table compound_creator element_constructor lab_table material_reducer"},
    {kDirt, "dirt_with_roots azalea_leaves_flowered"},
    {kCobblestone, "end_brick_stairs"},
    {kLog, "wood"},
    {kWool, "concretePowder"},
    {kStonebrick, "deprecated_purpur_block_1 deprecated_purpur_block_2"},
    {kAuto, "seaLantern"},
    {kAir,
     "allow deny border_block camera chalkboard coral coral_fan coral_fan_dead coral_fan_hang "
     "coral_fan_hang2 coral_fan_hang3 frame glow_frame frog_spawn invisibleBedrock "
     "invisible_bedrock movingBlock moving_block pistonArmCollision piston_arm_collision "
     "stickyPistonArmCollision sticky_piston_arm_collision tripWire trip_wire small_dripleaf_block "
     "stonecutter_block underwater_tnt deprecated_anvil mangrove_propagule_hanging beetroot "
     "cave_vines_body_with_berries cave_vines_head_with_berries info_update info_update2 reserved6 "
     "unknown client_request_placeholder_block mysterious_frame mysterious_frame_slot light_block"},
};

// Properties that say the material of slabs, walls and blocks with silverfish.
constexpr const char* kMaterialProperties[] = {"stone_slab_type",        "stone_slab_type_2",
                                               "stone_slab_type_3",      "stone_slab_type_4",
                                               "monster_egg_stone_type", "wall_block_type"};
constexpr absl::string_view kMushroomProperty = "huge_mushroom_bits";
constexpr absl::string_view kStemBits[] = {"10", "15"};  // The stem of a huge mushroom.

// What such a property was as a data value, in the order of the values. They differ from those of
// the Java edition: quartz and nether bricks are the other way round.
struct DataValues {
  const char* names;
  const char* property;
  const char* values;
  int64_t other_bits;  // Bits of the data value that say something else, as that a slab is above.
};
constexpr int64_t kMaxData = 15;
constexpr int64_t kTopSlotBit = 8;
constexpr DataValues kDataValues[] = {
    {"stone_slab stone_block_slab double_stone_slab double_stone_block_slab", "stone_slab_type",
     "smooth_stone sandstone wood cobblestone brick stone_brick quartz nether_brick", kTopSlotBit},
    {"stone_slab2 stone_block_slab2 double_stone_slab2 double_stone_block_slab2",
     "stone_slab_type_2",
     "red_sandstone purpur prismarine_rough prismarine_dark prismarine_brick mossy_cobblestone "
     "smooth_sandstone red_nether_brick",
     kTopSlotBit},
    {"stone_slab3 stone_block_slab3 double_stone_slab3 double_stone_block_slab3",
     "stone_slab_type_3",
     "end_stone_brick smooth_red_sandstone polished_andesite andesite diorite polished_diorite "
     "granite polished_granite",
     kTopSlotBit},
    {"stone_slab4 stone_block_slab4 double_stone_slab4 double_stone_block_slab4",
     "stone_slab_type_4", "mossy_stone_brick smooth_quartz stone cut_sandstone cut_red_sandstone",
     kTopSlotBit},
    {"monster_egg", "monster_egg_stone_type",
     "stone cobblestone stone_brick mossy_stone_brick cracked_stone_brick chiseled_stone_brick", 0},
    {"cobblestone_wall", "wall_block_type",
     "cobblestone mossy_cobblestone granite diorite andesite sandstone brick stone_brick "
     "mossy_stone_brick nether_brick end_brick prismarine red_sandstone red_nether_brick",
     0},
    {"brown_mushroom_block red_mushroom_block", kMushroomProperty.data(),
     "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", 0},
};

std::optional<Block> OnlyInBedrock(absl::string_view name) {
  static const auto& known = *new absl::flat_hash_map<std::string, Block>([] {
    absl::flat_hash_map<std::string, Block> names;
    for (const Names& group : kNames) {
      for (absl::string_view word : absl::StrSplit(group.names, ' ')) {
        names[std::string(word)] = group.type;
      }
    }
    return names;
  }());
  const auto found = known.find(std::string(name));
  return found == known.end() ? std::nullopt : std::optional<Block>(found->second);
}

// "prismarine_dark" and so on, in words that Java uses.
std::optional<Block> FromMaterial(absl::string_view material) {
  if (material == "wood") return kPlanks;
  if (material == "prismarine_dark" || material == "prismarine_rough") material = "prismarine";
  if (material == "end_brick") material = "end_stone_brick";
  return BlockFromName(absl::StrCat(material, "_slab"));
}

}  // namespace

std::optional<Block> BlockFromBedrockState(absl::string_view state) {
  const BlockState parts = ParseState(state);
  absl::string_view name = parts.name;
  if (!absl::ConsumePrefix(&name, "minecraft:") && absl::StrContains(name, ":")) {
    return std::nullopt;
  }
  for (const char* property : kMaterialProperties) {
    if (parts.Has(property)) return FromMaterial(parts.Value(property));
  }
  for (const absl::string_view bits : kStemBits) {
    if (parts.Value(kMushroomProperty) == bits) return kLog;
  }
  absl::ConsumePrefix(&name, "hard_");  // Glass that is harder to break.
  if (const std::optional<Block> block = OnlyInBedrock(name)) return block;
  if (const std::optional<Block> block = BlockFromLegacyName(name, 0)) return block;

  if (absl::StartsWith(name, "light_block_") || absl::StartsWith(name, "colored_torch_")) {
    return kAir;
  }
  if (absl::StartsWith(name, "element_")) return kStone;  // Blocks of chemical elements.
  // Furnaces that burn, and slabs one above the other.
  std::string plain(absl::StripPrefix(name, "lit_"));
  plain = absl::StrReplaceAll(plain, {{"double_cut", "cut"}, {"_double_slab", "_slab"}});
  return BlockFromName(plain);
}

std::optional<std::string> BedrockStateOf(absl::string_view name, int64_t data) {
  if (data < 0 || data > kMaxData) return std::nullopt;
  const absl::string_view plain = absl::StripPrefix(name, "minecraft:");
  for (const DataValues& group : kDataValues) {
    const std::vector<absl::string_view> names = absl::StrSplit(group.names, ' ');
    if (std::find(names.begin(), names.end(), plain) == names.end()) continue;
    const std::vector<absl::string_view> values = absl::StrSplit(group.values, ' ');
    const auto value = static_cast<size_t>(data & ~group.other_bits);
    if (value >= values.size()) return std::nullopt;
    return absl::StrCat(name, "[", group.property, "=", values[value], "]");
  }
  return std::string(name);
}

}  // namespace hod::env
