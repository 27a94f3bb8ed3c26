#include "env/houses/generator/alterations.h"

#include <algorithm>
#include <vector>

#include "env/houses/generator/facade.h"
#include "env/houses/transforms/transforms.h"

namespace hod::env {
namespace {

constexpr int kLowestEaves = 3;  // Over two voxels of head room.

// What a house occupies above layer 0.
Bounds BoundsAboveGround(const House& house) { return SolidBounds(house, /*lowest=*/1); }

int BlocksAboveGround(const House& house) {
  int blocks = 0;
  for (int i = 0; i < house.size.Volume(); ++i) {
    blocks += house.size.At(i).y > 0 && house.blocks[i] != kAir;
  }
  return blocks;
}

// What walls and roofs are made of.
Block DrawMaterial(Rng& rng) {
  return Choose<Block>(
      rng, {{kCobblestone, 1}, {kLog, 1}, {kPlanks, 1}, {kStone, 1}, {kStonebrick, 1}, {kWool, 1}});
}

// The same and earth: for what lies on the ground, and for flaws.
Block DrawAnyMaterial(Rng& rng) { return rng.Chance(1.0 / 7) ? kDirt : DrawMaterial(rng); }

// A roof of steps in place of the uppermost layers.
void PutRoof(House& house, Rng& rng) {
  const auto [low, high] = BoundsAboveGround(house);
  if (high.y <= kLowestEaves) return;
  const Block roof = DrawMaterial(rng), ridge = rng.Chance(0.6) ? roof : DrawMaterial(rng);
  const int overhang = rng.Chance(0.6);
  const bool steps_in_x = !rng.Chance(1.0 / 3);  // Two slopes or four.
  const bool steps_in_z = !steps_in_x || rng.Chance(0.5);
  // As low as the roof needs to come to its ridge, but not so low that nobody fits under it.
  const int width = high.x - low.x + 1 + 2 * overhang;
  const int depth = high.z - low.z + 1 + 2 * overhang;
  const int narrow = std::min(steps_in_x ? width : depth, steps_in_z ? depth : width);
  const int highest = std::max(kLowestEaves, house.size.h - (narrow + 1) / 2);
  const int eaves = std::min(high.y - rng.Below(2), highest);
  const Block corner = house.At({low.x, eaves - 1, low.z});
  const Block gable = corner == kAir ? roof : corner;
  for (int y = eaves; y < house.size.h; ++y) {
    for (int x = 0; x < house.size.w; ++x) {
      for (int z = 0; z < house.size.d; ++z) house.Set({x, y, z}, kAir);
    }
  }
  // Two slopes hang together by the gables; each step of four has to lie on the one below.
  const int thickness = steps_in_x && steps_in_z ? 2 : 1;
  int x0 = low.x - overhang, x1 = high.x + overhang;
  int z0 = low.z - overhang, z1 = high.z + overhang;
  for (int y = eaves; y < house.size.h && x0 <= x1 && z0 <= z1; ++y) {
    const bool is_top =
        y == house.size.h - 1 || (steps_in_x && x1 - x0 <= 1) || (steps_in_z && z1 - z0 <= 1);
    for (int x = x0; x <= x1; ++x) {
      for (int z = z0; z <= z1; ++z) {
        const bool on_slope = (steps_in_x && (x < x0 + thickness || x > x1 - thickness)) ||
                              (steps_in_z && (z < z0 + thickness || z > z1 - thickness));
        const bool in_gable = (!steps_in_z && (z == low.z || z == high.z)) ||
                              (!steps_in_x && (x == low.x || x == high.x));
        if (is_top) {
          house.Set({x, y, z}, ridge);
        } else if (on_slope) {
          house.Set({x, y, z}, roof);
        } else if (in_gable) {
          house.Set({x, y, z}, gable);
        }
      }
    }
    if (is_top) break;
    x0 += steps_in_x;
    x1 -= steps_in_x;
    z0 += steps_in_z;
    z1 -= steps_in_z;
  }
}

// Moves the blocks of the four corners inwards, where there is air.
void CutCorners(House& house) {
  const auto [low, high] = BoundsAboveGround(house);
  if (high.x - low.x < 4 || high.z - low.z < 4) return;
  for (int y = 1; y <= high.y; ++y) {
    for (const int x : {low.x, high.x}) {
      for (const int z : {low.z, high.z}) {
        const Cell inner{x == low.x ? x + 1 : x - 1, y, z == low.z ? z + 1 : z - 1};
        if (!house.Solid(inner)) house.Set(inner, house.At({x, y, z}));
        house.Set({x, y, z}, kAir);
      }
    }
  }
}

// Removes a wall between its corners, under the uppermost layers.
void OpenSide(House& house, Rng& rng) {
  const auto [low, high] = BoundsAboveGround(house);
  const int side = rng.Below(4);
  const auto is_between = [](int at, int first, int last) { return at > first && at < last; };
  for (int y = 1; y < std::max(2, high.y - 1); ++y) {
    for (int x = low.x; x <= high.x; ++x) {
      for (int z = low.z; z <= high.z; ++z) {
        const bool is_wall =
            side < 2 ? x == (side == 0 ? low.x : high.x) && is_between(z, low.z, high.z)
                     : z == (side == 2 ? low.z : high.z) && is_between(x, low.x, high.x);
        if (is_wall) house.Set({x, y, z}, kAir);
      }
    }
  }
}

// One layer, all but its windows, of another material.
void PaintLayer(House& house, Rng& rng) {
  const int y = rng.Between(1, std::max(1, BoundsAboveGround(house).high.y - 1));
  const Block material = DrawMaterial(rng);
  for (int x = 0; x < house.size.w; ++x) {
    for (int z = 0; z < house.size.d; ++z) {
      const Block block = house.At({x, y, z});
      if (block != kAir && block != kGlass) house.Set({x, y, z}, material);
    }
  }
}

// The ground under the house and one step around it.
void LayPlinth(House& house, Rng& rng) {
  const auto [low, high] = BoundsAboveGround(house);
  const Block material = DrawAnyMaterial(rng);
  for (int x = low.x - 1; x <= high.x + 1; ++x) {
    for (int z = low.z - 1; z <= high.z + 1; ++z) house.Set({x, 0, z}, material);
  }
}

// Blocks that are missing, of another type, or too many: up to six in a hundred.
void AddFlaws(House& house, Rng& rng) {
  std::vector<Cell> solid;
  for (int i = 0; i < house.size.Volume(); ++i) {
    if (house.size.At(i).y > 0 && house.blocks[i] != kAir) solid.push_back(house.size.At(i));
  }
  const double share = Choose<double>(rng, {{0.01, 1}, {0.03, 1}, {0.06, 1}});
  for (int flaws = static_cast<int>(share * static_cast<double>(solid.size())); flaws > 0;
       --flaws) {
    const Cell c = solid[rng.Below(static_cast<int>(solid.size()))];
    enum class Kind { kMissing, kExchanged, kAdded };
    switch (
        Choose<Kind>(rng, {{Kind::kMissing, 0.4}, {Kind::kExchanged, 0.2}, {Kind::kAdded, 0.4}})) {
      case Kind::kMissing:
        house.Set(c, kAir);
        break;
      case Kind::kExchanged:
        house.Set(c, rng.Chance(1.0 / 8) ? kGlass : DrawAnyMaterial(rng));
        break;
      case Kind::kAdded: {
        const int direction = rng.Below(5);
        const Cell beside = c + (direction == 4 ? Cell{0, 1, 0} : kHorizontal[direction]);
        if (house.Solid(beside)) break;
        house.Set(beside, rng.Chance(0.7) && house.Solid(c) ? house.At(c) : DrawAnyMaterial(rng));
        break;
      }
    }
  }
}

}  // namespace

House Altered(const House& plain, Rng& rng) {
  House house = plain;
  if (rng.Chance(0.5)) PutRoof(house, rng);
  if (rng.Chance(0.15)) CutCorners(house);
  if (rng.Chance(0.2)) OpenSide(house, rng);
  if (rng.Chance(0.3)) PaintLayer(house, rng);
  if (rng.Chance(0.2)) LayPlinth(house, rng);
  if (rng.Chance(0.7)) AddFlaws(house, rng);
  house = LargestComponent(house, 6);
  // The largest part may be one that floats.
  const bool stands =
      IsGrounded(house, 6) && 2 * BlocksAboveGround(house) >= BlocksAboveGround(plain);
  return stands ? house : plain;
}

}  // namespace hod::env
