// A structure to be built, apart from any world.
#pragma once

#include <vector>

#include "env/game/blocks.h"
#include "env/game/geometry.h"

namespace hod::env {

// Limits of structures that are read or made: each extent, and the number of cells.
inline constexpr int kMaxStructureExtent = 512;
inline constexpr int kMaxStructureCells = 1 << 24;

// Written into a world by GoalFromHouse(), where layer y = 0 replaces the world's dirt. Structures
// that are not yet scaled to a world are houses, too.
struct House {
  WorldSize size;
  std::vector<Block> blocks;  // [size.Volume()]

  // Air outside the box.
  Block At(Cell c) const { return size.Contains(c) ? blocks[size.Index(c)] : kAir; }
  bool Solid(Cell c) const { return At(c) != kAir; }
  // Does nothing outside the box.
  void Set(Cell c, Block block) {
    if (size.Contains(c)) blocks[size.Index(c)] = block;
  }
};

// An empty box.
House AirHouse(const WorldSize& size);

// The corners of the smallest box that holds every solid cell from layer `lowest` up, both
// included; low.x > high.x if there is none.
struct Bounds {
  Cell low, high;
};
Bounds SolidBounds(const House& house, int lowest = 0);

// `house` without the layers of air around it on the x, z and upper sides. Requires a solid cell.
House Cropped(const House& house);

}  // namespace hod::env
