#include "env/houses/importers/block_names.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

constexpr absl::string_view kWoods =
    "oak spruce birch jungle acacia dark_oak mangrove cherry pale_oak bamboo crimson warped poplar";

// Whole names after shapes and colours are taken off.
struct Names {
  Block type;
  const char* names;
};
constexpr Names kNames[] = {
    {kStone,
     "stone granite diorite andesite bedrock gold_ore iron_ore coal_ore lapis_ore lapis_block "
     "gold_block iron_block obsidian crying_obsidian diamond_ore diamond_block redstone_ore ice "
     "packed_ice frosted_ice snow_block powder_snow netherrack emerald_ore redstone_block "
     "nether_quartz_ore nether_gold_ore emerald_block quartz quartz_block quartz_pillar "
     "quartz_bricks terracotta glazed_terracotta coal_block bone_block deepslate cobbled_deepslate "
     "reinforced_deepslate blackstone gilded_blackstone basalt calcite tuff dripstone_block copper "
     "copper_block copper_grate copper_ore amethyst_block budding_amethyst netherite_block "
     "ancient_debris lodestone respawn_anchor raw_iron_block raw_gold_block raw_copper_block "
     "deepslate_gold_ore deepslate_iron_ore deepslate_coal_ore deepslate_lapis_ore "
     "deepslate_diamond_ore deepslate_redstone_ore deepslate_emerald_ore deepslate_copper_ore "
     "sulfur potent_sulfur cinnabar"},
    {kDirt,
     "dirt grass_block coarse_dirt rooted_dirt podzol mycelium farmland grass_path dirt_path sand "
     "soul_sand soul_soil slime_block honey_block honeycomb_block resin_block nether_wart_block "
     "warped_wart_block mushroom_block mud muddy_mangrove_roots moss_block pale_moss_block sculk "
     "sculk_catalyst"},
    {kCobblestone,
     "cobblestone gravel dispenser dropper crafter sandstone piston sticky_piston furnace "
     "blast_furnace smoker clay end_portal_frame end_stone end_stone_bricks observer"},
    {kLog, "mushroom_stem mangrove_roots creaking_heart"},
    {kPlanks,
     "bookshelf note_block crafting_table cartography_table fletching_table smithing_table barrel "
     "lectern loom jukebox bee_nest beehive"},
    {kWool, "wool sponge wet_sponge hay_block target concrete concrete_powder dried_kelp_block"},
    {kGlass, "glass glass_pane stained_glass stained_glass_pane tinted_glass"},
    {kStonebrick,
     "stone_bricks bricks nether_bricks prismarine prismarine_bricks dark_prismarine purpur_block "
     "purpur_pillar mud_bricks packed_mud blackstone_bricks deepslate_bricks deepslate_tiles "
     "tuff_bricks resin_bricks sulfur_bricks cinnabar_bricks"},
    {kAuto,
     "glowstone sea_lantern redstone_lamp shroomlight pumpkin carved_pumpkin jack_o_lantern "
     "ochre_froglight verdant_froglight pearlescent_froglight copper_bulb"},
    {kAir,
     "air cave_air void_air structure_void barrier light water lava bubble_column fire soul_fire "
     "cobweb grass short_grass tall_grass short_dry_grass tall_dry_grass fern large_fern seagrass "
     "tall_seagrass kelp kelp_plant dandelion golden_dandelion poppy blue_orchid allium "
     "azure_bluet oxeye_daisy cornflower lily_of_the_valley wither_rose sunflower lilac peony "
     "torchflower cactus_flower pitcher_plant pink_petals wildflowers mushroom shelf_mushroom tnt "
     "torch rail chest redstone_wire wheat carrots potatoes beetroots melon_stem pumpkin_stem "
     "attached_melon_stem attached_pumpkin_stem nether_wart cocoa cave_vines cave_vines_plant "
     "ladder lever snow cactus sugar_cane bamboo_sapling repeater comparator iron_bars chain melon "
     "vine glow_lichen lily_pad enchanting_table brewing_stand cauldron water_cauldron "
     "lava_cauldron powder_snow_cauldron end_portal nether_portal end_gateway tripwire "
     "tripwire_hook beacon flower_pot anvil chipped_anvil damaged_anvil daylight_detector hopper "
     "end_rod chorus_plant chorus_flower spawner trial_spawner vault command_block "
     "chain_command_block repeating_command_block structure_block test_block test_instance_block "
     "jigsaw moving_piston piston_head magma_block shulker_box lantern campfire soul_campfire bell "
     "grindstone stonecutter composter conduit scaffolding candle sea_pickle cake armor_stand "
     "lightning_rod decorated_pot heavy_core dried_ghast azalea flowering_azalea spore_blossom "
     "big_dripleaf big_dripleaf_stem small_dripleaf pointed_dripstone sulfur_spike sculk_sensor "
     "calibrated_sculk_sensor sculk_shrieker sculk_vein leaf_litter bush shrub frogspawn sign "
     "nether_sprouts pale_hanging_moss resin_clump amethyst_cluster"},
};

// What ends the names of blocks that are of one type whatever comes before.
constexpr Names kEndings[] = {
    {kAir,
     "_door _trapdoor _fence_gate _sign _torch _button _pressure_plate _carpet _bed _banner "
     "_sapling _rail _tulip _candle _head _skull _coral _coral_fan _fungus _roots _vines "
     "_shulker_box _propagule _wall_fan _cake _vines_plant _bars _chain _lantern _chest _shelf "
     "_bush _bud _crop _egg _eyeblossom _golem_statue"},
    {kDirt, "_leaves _nylium"},
    {kStone, "_coral_block"},
};

// Shapes that a block of some material can have, with the full block's ending.
constexpr const char* kShapes[] = {"_stairs", "_slab", "_wall", "_fence"};
constexpr const char* kFullBlocks[] = {"", "s", "_block"};

// Colours and finishes that do not change the material. Longer ones before those they end with.
constexpr const char* kPrefixes[] = {
    "light_blue_", "light_gray_", "white_",    "orange_",    "magenta_",   "yellow_",
    "lime_",       "pink_",       "gray_",     "cyan_",      "purple_",    "blue_",
    "brown_",      "green_",      "red_",      "black_",     "polished_",  "smooth_",
    "chiseled_",   "cracked_",    "mossy_",    "cut_",       "infested_",  "waxed_",
    "exposed_",    "weathered_",  "oxidized_", "petrified_", "suspicious_"};

using NameMap = absl::flat_hash_map<std::string, Block>;

const NameMap& KnownNames() {
  static const auto& known = *new NameMap([] {
    NameMap names;
    for (const Names& group : kNames) {
      for (absl::string_view name : absl::StrSplit(group.names, ' ')) {
        names[std::string(name)] = group.type;
      }
    }
    for (absl::string_view wood : absl::StrSplit(kWoods, ' ')) {
      for (const char* part : {"", "_planks", "_mosaic"}) names[absl::StrCat(wood, part)] = kPlanks;
      for (const char* part : {"_log", "_wood", "_stem", "_hyphae"}) {
        names[absl::StrCat(wood, part)] = kLog;
        names[absl::StrCat("stripped_", wood, part)] = kLog;
      }
    }
    for (const char* log : {"bamboo_block", "stripped_bamboo_block"}) names[log] = kLog;
    names["bamboo"] = kAir;  // The plant.
    names["bamboo_stairs"] = names["bamboo_slab"] = names["bamboo_fence"] = kPlanks;
    return names;
  }());
  return known;
}

std::optional<Block> Known(absl::string_view name) {
  const auto found = KnownNames().find(std::string(name));
  return found == KnownNames().end() ? std::nullopt : std::optional<Block>(found->second);
}

// The type of a name without namespace and properties.
std::optional<Block> FromBaseName(absl::string_view name) {
  if (const std::optional<Block> block = Known(name)) return block;
  if (absl::StartsWith(name, "potted_")) return kAir;
  for (const Names& group : kEndings) {
    for (absl::string_view ending : absl::StrSplit(group.names, ' ')) {
      if (absl::EndsWith(name, ending)) return group.type;
    }
  }
  for (const char* shape : kShapes) {
    absl::string_view material = name;
    if (!absl::ConsumeSuffix(&material, shape)) continue;
    for (const char* full_block : kFullBlocks) {
      const auto block = FromBaseName(absl::StrCat(material, full_block));
      if (block) return block;
    }
  }
  for (const char* prefix : kPrefixes) {
    if (absl::StartsWith(name, prefix)) return FromBaseName(absl::StripPrefix(name, prefix));
  }
  return std::nullopt;
}

// GrabCraft's names that mean something else than their words, in our spelling.
const NameMap& GrabCraftNames() {
  static const auto& names = *new NameMap{
      {"moss_stone", kCobblestone},
      {"burning_furnace", kCobblestone},
      {"brick", kStonebrick},
      {"brick_block", kStonebrick},
      {"nether_brick", kStonebrick},
      {"hardened_clay", kStone},
      {"stained_clay", kStone},
      {"stone_monster_egg", kStone},
      {"bed", kAir},
      {"wall_mounted_sign_block_west_northwest", kAir},
      {"sandstone_slab_seamless", kCobblestone},
      {"block_of_coal", kStone},
      {"lapis_lazuli_block", kStone},
      {"lapis_lazuli_ore", kStone},
      {"pillar_quartz_block", kStone},
      {"hay_bale", kWool},
      {"iron_bars", kGlass},
      {"end_portal_frame", kStonebrick},
      {"wooden_slab", kPlanks},
      {"acacia_wood", kPlanks},
      {"grass", kDirt},
      {"jack_o_lantern", kAuto},
      {"glowstone", kAir},
      {"oak_fence", kAir},
      {"sponge", kAir},
      {"wet_sponge", kAir},
      {"crafting_table", kAir},
      {"jukebox", kAir},
      {"enchantment_table", kAir},
      {"cake_block", kAir},
      {"cobblestone_monster_egg", kAir},
      {"daylight_sensor", kAir},
      {"dead_shrub", kAir},
      {"flower", kAir},
      {"freshly_planted_cactus", kAir},
      {"melon_block", kAir},
      {"mob_head", kAir},
      {"monster_spawner", kAir},
      {"piston_extension", kAir},
      {"red_mushroom_block", kAir},
      {"red_sandstone_slab", kAir},
      {"redstone_comparator", kAir},
      {"redstone_repeater_block", kAir},
      {"sapling", kAir},
      {"slightly_damaged_anvil", kAir},
      {"very_damaged_anvil", kAir},
      {"spruce_foor", kAir},
      {"stone_brick_monster_egg", kAir},
      {"still_water", kAir},
      {"sugar_canes", kAir},
      {"vines", kAir},
  };
  return names;
}

}  // namespace

std::optional<absl::string_view> BlockState::Find(absl::string_view property) const {
  for (absl::string_view part : absl::StrSplit(properties, ',')) {
    if (absl::ConsumePrefix(&part, property) && absl::ConsumePrefix(&part, "=")) return part;
  }
  return std::nullopt;
}

BlockState ParseState(absl::string_view state) {
  const size_t bracket = state.find('[');
  if (bracket == absl::string_view::npos) return {state, {}};
  return {state.substr(0, bracket), absl::StripSuffix(state.substr(bracket + 1), "]")};
}

std::optional<Block> BlockFromName(absl::string_view name) {
  name = ParseState(name).name;
  if (!absl::ConsumePrefix(&name, "minecraft:") && absl::StrContains(name, ":")) {
    return std::nullopt;
  }
  return FromBaseName(name);
}

std::optional<Block> BlockFromGrabCraftName(absl::string_view name) {
  // "Oak Wood, Facing North/South" is a log, "Redstone Lamp (inactive)" is dark, and
  // " (Acacia Wood, Upper)" is a slab whose name lacks its beginning.
  if (absl::StrContains(name, "Wood, Facing")) return kLog;
  if (name == "Redstone Lamp (inactive)") return kAir;
  name = absl::StripLeadingAsciiWhitespace(name);
  if (absl::StartsWith(name, "(") && absl::StrContains(name, "Wood")) return kPlanks;
  name = name.substr(0, name.find('('));
  name = name.substr(0, name.find(','));
  std::string plain = absl::AsciiStrToLower(absl::StripTrailingAsciiWhitespace(name));
  plain = absl::StrReplaceAll(plain, {{"  ", "_"}, {" ", "_"}, {"-", "_"}, {"double ", ""}});
  if (const auto found = GrabCraftNames().find(plain); found != GrabCraftNames().end()) {
    return found->second;
  }
  if (absl::EndsWith(plain, "_leaves") || absl::EndsWith(plain, "_flower_pot")) return kAir;
  // Says it in the words of newer versions.
  plain = absl::StrReplaceAll(plain, {{"_wood_plank", "_planks"},
                                      {"_wood_stairs", "_stairs"},
                                      {"_wood_slab", "_slab"},
                                      {"stained_clay", "terracotta"},
                                      {"chiseled_stone_brick_monster_egg", "stone_bricks"},
                                      {"cracked_stone_brick_monster_egg", "stone_bricks"},
                                      {"mossy_stone_brick_monster_egg", "stone_bricks"}});
  return FromBaseName(plain);
}

}  // namespace hod::env
