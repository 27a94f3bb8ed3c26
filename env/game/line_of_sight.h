// Whether a block can be clicked from an eye position: click points and the voxel walk between them
// (rules, Section 3, "Line of sight"). Double arithmetic in the order the rules give, since
// outcomes at grazing angles depend on it.
#pragma once

#include <array>
#include <cmath>

#include "absl/container/inlined_vector.h"
#include "env/game/actions.h"
#include "env/game/geometry.h"

namespace hod::env {

inline constexpr double kReach = 4.5;
inline constexpr double kEyeHeight = 1.6;

using Point = std::array<double, 3>;

inline Point EyeOf(Cell feet) { return {feet.x + 0.5, feet.y + kEyeHeight, feet.z + 0.5}; }

// Walks the voxels from `eye` to `point` (both inside the world but for y of the eye) and returns
// whether none but the first is blocked. `blocked(Cell)` is asked for every voxel entered.
template <typename Blocked>
bool RayIsFree(const Point& eye, const Point& point, const Blocked& blocked) {
  double t_max[3], t_delta[3];
  int step[3], cell[3];
  for (int k = 0; k < 3; ++k) {
    const double delta = point[k] - eye[k];
    step[k] = std::signbit(delta) ? -1 : 1;
    const double e = -step[k] * eye[k];
    t_max[k] = delta == 0 ? 1.0 : std::abs((e - std::floor(e)) / delta);
    t_delta[k] = delta == 0 ? 1.0 : std::abs(1.0 / delta);
    cell[k] = static_cast<int>(std::floor(eye[k]));
  }
  while (t_max[0] < 1 || t_max[1] < 1 || t_max[2] < 1) {
    const int k =
        t_max[0] <= t_max[1] ? (t_max[0] <= t_max[2] ? 0 : 2) : (t_max[1] <= t_max[2] ? 1 : 2);
    cell[k] += step[k];
    t_max[k] += t_delta[k];
    if (blocked(Cell{cell[0], cell[1], cell[2]})) return false;
  }
  return true;
}

// Whether `target` can be clicked for `type` (place or break) from `eye`: some click point of the
// target is within reach and its ray is free. `is_air(Cell)` is asked of neighbours inside the
// world.
template <typename IsAir, typename Blocked>
bool CanClick(const WorldSize& size, ActionType type, Cell target, const Point& eye,
              const IsAir& is_air, const Blocked& blocked) {
  const double shift = type == ActionType::kBreak ? 1e-4 : -1e-4;
  const double extent[3] = {static_cast<double>(size.w), static_cast<double>(size.h),
                            static_cast<double>(size.d)};
  const double corner[3] = {static_cast<double>(target.x), static_cast<double>(target.y),
                            static_cast<double>(target.z)};
  const Cell eye_cell = {static_cast<int>(std::floor(eye[0])), static_cast<int>(std::floor(eye[1])),
                         static_cast<int>(std::floor(eye[2]))};
  for (int dim = 0; dim < 3; ++dim) {
    for (int side = 0; side < 2; ++side) {
      const Cell neighbour = target + kDirections[2 * dim + 1 - side];
      if (type == ActionType::kPlace) {
        // A block is placed against a neighbour, whose face bounds the empty target voxel.
        if (!size.Contains(neighbour) || is_air(neighbour)) continue;
      }
      // A ray that would have to come through a solid block, the target of a break or the
      // neighbour of a place, need not be walked: eyes are too far from every face to graze it.
      const bool from_outside = side == 0 ? eye[dim] < corner[dim] : eye[dim] > corner[dim] + 1;
      if (type == ActionType::kBreak) {
        if ((!from_outside && !(target == eye_cell)) || !size.Contains(neighbour)) continue;
        if (!(neighbour == eye_cell) && blocked(neighbour)) continue;
      } else if (from_outside && !(neighbour == eye_cell)) {
        continue;
      }
      const double face = side == 0 ? -shift : -shift + (1.0 + 2.0 * shift);
      for (const double u : {0.1, 0.5, 0.9}) {
        for (const double v : {0.1, 0.5, 0.9}) {
          Point point = {static_cast<double>(target.x), static_cast<double>(target.y),
                         static_cast<double>(target.z)};
          point[dim] += face;
          point[(dim + 1) % 3] += u;
          point[(dim + 2) % 3] += v;
          bool inside = true;
          double distance2 = 0;
          for (int k = 0; k < 3; ++k) {
            inside &= point[k] >= 0 && point[k] < extent[k];
            distance2 += (point[k] - eye[k]) * (point[k] - eye[k]);
          }
          if (inside && distance2 <= kReach * kReach && RayIsFree(eye, point, blocked)) return true;
        }
      }
    }
  }
  return false;
}

// With teleportation: calls `visit(feet)` for every place a player may stand to act on `target`,
// until it returns true; returns whether it did.
template <typename IsAir, typename Visit>
bool AnyStandPlace(const WorldSize& size, ActionType type, Cell target, const IsAir& is_air,
                   const Visit& visit) {
  const int own_top = type == ActionType::kPlace ? 1 : 0;
  for (int dx = -4; dx <= 4; ++dx) {
    for (int dy = -5; dy <= 3; ++dy) {
      for (int dz = -4; dz <= 4; ++dz) {
        if (dx == 0 && dz == 0 && dy >= -1 && dy <= own_top) continue;
        const Cell feet = target + Cell{dx, dy, dz};
        if (!size.Contains(feet) || !is_air(feet)) continue;
        const Cell head = feet + Cell{0, 1, 0};
        if (size.Contains(head) && !is_air(head)) continue;
        if (visit(feet)) return true;
      }
    }
  }
  return false;
}

}  // namespace hod::env
