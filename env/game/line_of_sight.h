// Click points and the voxel walk from an eye to them (rules, Section 3, "Line of sight"), of which
// visibility.h makes its tables. Double arithmetic in the order the rules give, since
// outcomes at grazing angles depend on it.
#pragma once

#include <array>
#include <cmath>

#include "env/game/actions.h"
#include "env/game/geometry.h"

namespace hod::env {

inline constexpr double kReach = 4.5;
inline constexpr double kEyeHeight = 1.6;

using Point = std::array<double, 3>;

inline Point EyeOf(Cell feet) { return {feet.x + 0.5, feet.y + kEyeHeight, feet.z + 0.5}; }

inline Cell VoxelOf(const Point& p) {
  return {static_cast<int>(std::floor(p[0])), static_cast<int>(std::floor(p[1])),
          static_cast<int>(std::floor(p[2]))};
}

// A walk from voxel to voxel along the line between two points: at which share of the line each
// axis has its next crossing, and the voxel reached.
struct Walk {
  Walk(const Point& from, const Point& to) : voxel(VoxelOf(from)) {
    for (int k = 0; k < 3; ++k) {
      const double delta = to[k] - from[k];
      step[k] = std::signbit(delta) ? -1 : 1;
      const double e = -step[k] * from[k];
      crossing[k] = delta == 0 ? 1.0 : std::abs((e - std::floor(e)) / delta);
      spacing[k] = delta == 0 ? 1.0 : std::abs(1.0 / delta);
    }
  }

  bool AtEnd() const { return crossing[0] >= 1 && crossing[1] >= 1 && crossing[2] >= 1; }
  int NextAxis() const {
    return crossing[0] <= crossing[1] ? (crossing[0] <= crossing[2] ? 0 : 2)
                                      : (crossing[1] <= crossing[2] ? 1 : 2);
  }
  void Cross(int axis) {
    (axis == 0 ? voxel.x : axis == 1 ? voxel.y : voxel.z) += step[axis];
    crossing[axis] += spacing[axis];
  }

  Cell voxel;
  std::array<double, 3> crossing, spacing;
  std::array<int, 3> step;
};

// Whether the walk from `eye` to `point` (both inside the world but for y of the eye) enters no
// blocked voxel. `blocked(Cell)` is asked for every voxel but the first.
template <typename Blocked>
bool RayIsFree(const Point& eye, const Point& point, const Blocked& blocked) {
  Walk walk(eye, point);
  while (!walk.AtEnd()) {
    walk.Cross(walk.NextAxis());
    if (blocked(walk.voxel)) return false;
  }
  return true;
}

// Click points lie at these shares of both edges of a face.
inline constexpr double kClickShares[3] = {0.1, 0.5, 0.9};

// A click point of `target` on its face in `direction` (of kDirections), a hair outside for a break
// and inside for a place; `u` and `v` index kClickShares along the next axis and the one after.
inline Point ClickPoint(ActionType type, Cell target, int direction, int u, int v) {
  const double shift = type == ActionType::kBreak ? 1e-4 : -1e-4;
  const int axis = direction / 2;
  Point point = {static_cast<double>(target.x), static_cast<double>(target.y),
                 static_cast<double>(target.z)};
  point[axis] += direction % 2 == 0 ? -shift + (1.0 + 2.0 * shift) : -shift;
  point[(axis + 1) % 3] += kClickShares[u];
  point[(axis + 2) % 3] += kClickShares[v];
  return point;
}

inline double SquaredDistance(const Point& a, const Point& b) {
  double sum = 0;
  for (int k = 0; k < 3; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return sum;
}

}  // namespace hod::env
