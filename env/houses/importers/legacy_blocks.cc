#include "env/houses/importers/legacy_blocks.h"

#include <array>
#include <cstdint>
#include <initializer_list>

#include "env/houses/transforms/auto_fill.h"

namespace hod::env {
namespace {

constexpr Block kUnknown = 254;

struct Group {
  Block type;
  uint16_t known_data;  // Bit d: the reference knows data value d; 0 if it does not know the ids.
  std::initializer_list<uint8_t> ids;
};

const Group kGroups[] = {
    {kStone, 0x0001, {7,   14,  15,  16,  21,  22,  41,  42,  49,  56,  57,  73,  79,
                      80,  87,  129, 133, 152, 153, 172, 173, 174, 216, 235, 236, 237,
                      238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250}},
    {kStone, 0x007f, {1}},
    {kStone, 0x001f, {155}},
    {kStone, 0x00ff, {156}},
    {kStone, 0xffff, {159}},
    {kStone, 0x0000, {74, 212}},
    {kDirt, 0x0001, {2, 88, 110, 165, 214}},
    {kDirt, 0x0007, {3}},
    {kDirt, 0x0003, {12}},
    {kDirt, 0x00f0, {18}},
    {kDirt, 0x0030, {161}},
    {kDirt, 0x0000, {60, 208}},
    {kCobblestone, 0x0001, {4, 13, 48, 82, 120, 121, 181, 206, 218}},
    {kCobblestone, 0x003e, {23}},
    {kCobblestone, 0x0007, {24, 179}},
    {kCobblestone, 0x003f, {29}},
    {kCobblestone, 0x001f, {33}},
    {kCobblestone, 0x003c, {61}},
    {kCobblestone, 0x00ff, {67, 128, 180}},
    {kCobblestone, 0x0003, {139}},
    {kCobblestone, 0x001e, {158}},
    {kCobblestone, 0x0101, {182}},
    {kCobblestone, 0x0000, {62}},
    {kPlanks, 0x0001, {25, 47, 58, 84, 85, 188, 189, 190, 191, 192}},
    {kPlanks, 0x003f, {5, 125}},
    {kPlanks, 0x00ff, {53, 134, 135, 136, 163, 164}},
    {kPlanks, 0x3f3f, {126}},
    {kLog, 0x0fff, {17}},
    {kLog, 0x0333, {162}},
    {kWool, 0x0003, {19}},
    {kWool, 0xffff, {35, 251, 252}},
    {kWool, 0x0111, {170}},
    {kGlass, 0x0001, {20, 102}},
    {kGlass, 0xffff, {95, 160}},
    {kStonebrick, 0x0001, {45, 112, 113, 201, 202, 204, 215}},
    {kStonebrick, 0x000f, {98}},
    {kStonebrick, 0x00ff, {108, 109, 114, 203}},
    {kStonebrick, 0x0007, {168}},
    {kStonebrick, 0x0101, {205}},
    {kAuto, 0x0001, {89, 123, 169}},
    {kAuto, 0x000f, {86, 91}},
    {kAuto, 0x0000, {124}},
    {kAir, 0x0001, {0,   8,   10,  30,  32,  37,  39,  40,  46,  55,  59,  70,  72,
                    81,  83,  92,  101, 103, 104, 105, 115, 116, 117, 118, 132, 138,
                    140, 141, 142, 147, 148, 151, 198, 199, 200, 207, 213, 219, 220,
                    221, 222, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234}},
    {kAir, 0x003f, {6}},
    {kAir, 0x0f0f, {26, 96, 167}},
    {kAir, 0x000f, {27, 28, 93, 107, 127, 131, 183, 184, 185, 186, 187}},
    {kAir, 0x0006, {31}},
    {kAir, 0x01ff, {38}},
    {kAir, 0x003e, {50, 76, 77, 144}},
    {kAir, 0x003c, {54, 65, 68, 130, 146}},
    {kAir, 0xfd95, {63}},
    {kAir, 0x030f, {64, 71, 193, 194, 195, 196, 197}},
    {kAir, 0x03ff, {66}},
    {kAir, 0x005f, {69}},
    {kAir, 0x00ff, {78}},
    {kAir, 0x177f, {106}},
    {kAir, 0x001e, {143}},
    {kAir, 0x07af, {145}},
    {kAir, 0x000c, {149}},
    {kAir, 0x002d, {154}},
    {kAir, 0x0003, {157}},
    {kAir, 0xffff, {171}},
    {kAir, 0x043f, {175}},
    {kAir, 0x0000, {9,   11,  34,  36,  51,  52,  75,  90,  94,  111, 119, 122, 137,
                    150, 166, 176, 177, 178, 209, 210, 211, 217, 223, 224, 255}},
};

// Blocks whose data value is their material: double slabs, slabs, blocks with silverfish, and huge
// mushrooms, whose caps are earth as leaves are. '.' is unknown, s stone, c cobblestone, p planks,
// b stonebrick, d dirt, l log. Where the reference's map and Minecraft disagree on a slab, this is
// the map.
struct Material {
  uint8_t id;
  uint16_t known_data;
  const char* types;
};
constexpr Material kMaterials[] = {{43, 0x00fb, "scpcbbbsscssssss"},
                                   {44, 0xfbfb, "scppcbbsscppcbbs"},
                                   {97, 0x003f, "scbbbb.........."},
                                   {99, 0x0000, "ddddddddddlddddl"},
                                   {100, 0x0000, "ddddddddddlddddl"}};

struct Entry {
  uint16_t known_data = 0;
  std::array<Block, 16> types;
};

Block TypeOf(char symbol) {
  switch (symbol) {
    case 's':
      return kStone;
    case 'c':
      return kCobblestone;
    case 'p':
      return kPlanks;
    case 'b':
      return kStonebrick;
    case 'd':
      return kDirt;
    case 'l':
      return kLog;
    default:
      return kUnknown;
  }
}

const std::array<Entry, 256>& Table() {
  static const auto& table = *new std::array<Entry, 256>([] {
    std::array<Entry, 256> entries;
    for (Entry& entry : entries) entry.types.fill(kUnknown);
    for (const Group& group : kGroups) {
      for (const uint8_t id : group.ids) {
        entries[id].known_data = group.known_data;
        entries[id].types.fill(group.type);
      }
    }
    for (const Material& material : kMaterials) {
      Entry& entry = entries[material.id];
      entry.known_data = material.known_data;
      for (size_t data = 0; data < entry.types.size(); ++data) {
        entry.types[data] = TypeOf(material.types[data]);
      }
    }
    return entries;
  }());
  return table;
}

bool InRange(int id, int data) { return id >= 0 && id < 256 && data >= 0 && data < 16; }

}  // namespace

std::optional<Block> LegacyBlock(int id, int data) {
  if (!InRange(id, data)) return std::nullopt;
  const Block type = Table()[id].types[data];
  return type == kUnknown ? std::nullopt : std::optional<Block>(type);
}

bool IsInCraftAssistMap(int id, int data) {
  return InRange(id, data) && (Table()[id].known_data >> data & 1) != 0;
}

}  // namespace hod::env
