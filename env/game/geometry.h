// Voxel coordinates and the extents of the world.
#pragma once

#include <cstdint>

namespace hod::env {

// A voxel. y points up.
struct Cell {
  int x = 0, y = 0, z = 0;
  friend bool operator==(const Cell&, const Cell&) = default;
  friend Cell operator+(Cell a, Cell b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend Cell operator-(Cell a, Cell b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
};

// The six face directions in the order +x, -x, +y, -y, +z, -z: that of the move action types.
inline constexpr Cell kDirections[6] = {{1, 0, 0},  {-1, 0, 0}, {0, 1, 0},
                                        {0, -1, 0}, {0, 0, 1},  {0, 0, -1}};

// Whether the body with `feet` fills `cell`; a head above the world counts.
inline bool BodyFills(Cell feet, Cell cell) {
  return cell.x == feet.x && cell.z == feet.z && (cell.y == feet.y || cell.y == feet.y + 1);
}

// Extents of the world in voxels. All block arrays are flat in C order: (x * h + y) * d + z.
struct WorldSize {
  int w = 11, h = 10, d = 10;

  int Volume() const { return w * h * d; }
  int Index(Cell c) const { return (c.x * h + c.y) * d + c.z; }
  Cell At(int index) const { return {index / (h * d), index / d % h, index % d}; }
  bool Contains(Cell c) const {
    return c.x >= 0 && c.x < w && c.y >= 0 && c.y < h && c.z >= 0 && c.z < d;
  }
  friend bool operator==(const WorldSize&, const WorldSize&) = default;
};

}  // namespace hod::env
