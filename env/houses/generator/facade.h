// Straight pieces of a house's outer wall, where doors and windows go.
#pragma once

#include <vector>

#include "env/game/geometry.h"
#include "env/houses/generator/region.h"

namespace hod::env {

// The horizontal directions, as numbered by Plan::entrance: +x, -x, +z, -z.
inline constexpr Cell kHorizontal[4] = {{1, 0, 0}, {-1, 0, 0}, {0, 0, 1}, {0, 0, -1}};

inline Cell operator*(int n, Cell c) { return {n * c.x, n * c.y, n * c.z}; }

// A row of wall columns that all face `outward`. Its first and last column are corners.
struct Facade {
  Cell first;  // y = 0.
  Cell along;  // Step from one column to the next.
  Cell outward;
  int length;

  Cell Column(int i) const { return first + i * along; }
};

// The facades of `inside` that face `direction` and are at least three columns long.
std::vector<Facade> FacadesOf(const Region& inside, int direction);

}  // namespace hod::env
