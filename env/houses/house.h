// A structure to be built, apart from any world, and its placement in a larger box.
#pragma once

#include <vector>

#include "env/game/blocks.h"
#include "env/game/geometry.h"
#include "env/game/random.h"

namespace hod::env {

// Written into a world by GoalFromHouse(), where layer y = 0 replaces the world's dirt.
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

// `house` without the layers of air around it on the x, z and upper sides. Requires a solid cell.
House Cropped(const House& house);

// `house` at a uniformly random x and z in a box of extents `size`, with y = 0 on the ground, where
// free cells of layer 0 become dirt: the reference's randomly_place and add_grass. Requires that it
// fits.
House PlacedAtRandom(const House& house, const WorldSize& size, Rng& rng);

}  // namespace hod::env
