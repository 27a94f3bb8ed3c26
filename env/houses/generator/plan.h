// The plan of a generated house: its materials, and its shape as one region per layer. Walls, roofs
// and ceilings follow from the regions alone (shell.h), so that towers, wings, eaves, gables and
// pyramids need no code of their own beyond a line here.
#pragma once

#include <vector>

#include "env/base/random.h"
#include "env/houses/generator/region.h"
#include "env/houses/house.h"

namespace hod::env {

struct Palette {
  Block wall, roof, floor;
  Block accent;  // Posts, chimneys and the odd block.
  bool has_glass;
};

// One layer of voxels.
struct Level {
  Region inside;          // The columns within the house or its roof.
  bool is_floor = false;  // Solid all over: a floor between storeys or a ceiling.
  bool is_roof = false;   // Made of the roof's material all over.
  Sides extra_wall;       // How much thicker the walls are than one voxel.
};

struct Plan {
  WorldSize box;
  Palette palette;
  std::vector<Level> levels;  // levels[y]; [0] is the ground. Outside the vector there is only air.
  int entrance = 0;           // Direction of the front: 0 +x, 1 -x, 2 +z, 3 -z.
  int yard = 0;               // Free columns in front, for a porch or path.
  int ceiling = 0;            // The y of the lowest roof layer over the uppermost storey.
  bool skylight = false;      // A hole in the roof.
  std::vector<int> storeys;   // The y of every storey's floor; [0] is 0.

  int top() const { return static_cast<int>(levels.size()) - 1; }
  // The y of what lies over storey i: the next floor, or the roof.
  int CeilingOf(size_t i) const { return i + 1 < storeys.size() ? storeys[i + 1] : ceiling; }
  // Empty above the house.
  Region Inside(int y) const { return y <= top() ? levels[y].inside : Region(box.w, box.d); }
};

// Requires box extents of at least 4.
Plan DrawPlan(const WorldSize& box, Rng& rng);

}  // namespace hod::env
