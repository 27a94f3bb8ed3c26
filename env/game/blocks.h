// Block types of the game and their names (docs/rules.md, Section 1).
#pragma once

#include <array>
#include <cstdint>

namespace hod::env {

using Block = uint8_t;
// Bit b stands for block b.
using BlockSet = uint16_t;

inline constexpr int kNumBlocks = 10;
inline constexpr Block kAir = 0;
inline constexpr Block kBedrock = 1;
inline constexpr Block kDirt = 2;
inline constexpr Block kCobblestone = 3;
inline constexpr Block kGlass = 4;
inline constexpr Block kLog = 5;
inline constexpr Block kPlanks = 6;
inline constexpr Block kStone = 7;
inline constexpr Block kStonebrick = 8;
inline constexpr Block kWool = 9;

// Players may place the blocks from here to the last.
inline constexpr Block kFirstPlaceable = kDirt;

inline constexpr std::array<const char*, kNumBlocks> kBlockNames = {
    "air", "bedrock", "dirt",  "cobblestone", "glass",
    "log", "planks",  "stone", "stonebrick",  "wool"};

}  // namespace hod::env
