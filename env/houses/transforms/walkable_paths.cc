#include "env/houses/transforms/walkable_paths.h"

#include <algorithm>

#include "env/houses/transforms/components.h"

namespace hod::env {
namespace {

// Free cells around the structure, so that paths can lead around it, and above it for heads.
constexpr int kPad = 2;

using Mask = std::vector<uint8_t>;

House Padded(const House& house) {
  const WorldSize& size = house.size;
  House padded = AirHouse({size.w + 2 * kPad, size.h + kPad, size.d + 2 * kPad});
  for (int i = 0; i < size.Volume(); ++i) {
    padded.Set(size.At(i) + Cell{kPad, 0, kPad}, house.blocks[i]);
  }
  return padded;
}

// Cells where feet can be: on a block, or one above such a place as while taking a step. Near the
// ground any two free cells will do, since the ground itself is not part of the structure.
Mask Standable(const House& world) {
  Mask mask(world.blocks.size(), 0);
  for (int i = 0; i < world.size.Volume(); ++i) {
    const Cell c = world.size.At(i);
    const auto solid = [&](int dy) { return world.Solid(c + Cell{0, dy, 0}); };
    if (c.y + 1 >= world.size.h || solid(0) || solid(1)) continue;
    mask[i] = c.y <= 2 || solid(-1) || solid(-2);
  }
  return mask;
}

// The cells connected with the outside on the ground, without the padding above.
Mask OutsideComponent(const House& world) {
  const Components components = LabelComponents(world.size, Standable(world), 6);
  const int outside = components.labels[world.size.Index({0, 1, 0})];
  Mask mask(components.labels.size(), 0);
  for (int i = 0; i < world.size.Volume(); ++i) {
    mask[i] = components.labels[i] == outside && world.size.At(i).y < world.size.h - kPad;
  }
  return mask;
}

// Whether a side of the cell is a column without path at its height, one below and one above.
bool OnBorder(const WorldSize& size, const Mask& paths, Cell c) {
  if (c.x == 0 || c.x == size.w - 1 || c.z == 0 || c.z == size.d - 1) return false;
  for (const Cell& side : {Cell{1, 0, 0}, {-1, 0, 0}, {0, 0, 1}, {0, 0, -1}}) {
    bool free = true;
    for (int dy = -1; dy <= 1; ++dy) {
      const Cell next = c + side + Cell{0, dy, 0};
      if (size.Contains(next) && paths[size.Index(next)]) free = false;
    }
    if (free) return true;
  }
  return false;
}

// Whether the path cells around `c`, seen from above, hang together as well without `c`, and it is
// not an end. `c` is not on the outer faces.
bool Dispensable(const WorldSize& size, const Mask& paths, Cell c) {
  const WorldSize flat{3, 1, 3};
  Mask with(flat.Volume(), 0), without(flat.Volume(), 0);
  int others = 0;
  for (int x = -1; x <= 1; ++x) {
    for (int y = -1; y <= 1; ++y) {
      for (int z = -1; z <= 1; ++z) {
        const Cell next = c + Cell{x, y, z};
        if (!size.Contains(next) || !paths[size.Index(next)]) continue;
        const int i = flat.Index({x + 1, 0, z + 1});
        with[i] = 1;
        if (next == c) continue;
        without[i] = 1;
        ++others;
      }
    }
  }
  return others >= 2 &&
         LabelComponents(flat, with, 6).count == LabelComponents(flat, without, 6).count;
}

// Deletes dispensable border cells, the highest first, until there are none.
void Thin(const WorldSize& size, Mask& paths) {
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<Cell> border;
    for (int i = 0; i < size.Volume(); ++i) {
      if (paths[i] && OnBorder(size, paths, size.At(i))) border.push_back(size.At(i));
    }
    std::stable_sort(border.begin(), border.end(), [](Cell a, Cell b) { return a.y > b.y; });
    for (const Cell& c : border) {
      if (!Dispensable(size, paths, c)) continue;
      paths[size.Index(c)] = 0;
      changed = true;
    }
  }
}

}  // namespace

std::vector<uint8_t> WalkablePaths(const House& house) {
  const House world = Padded(house);
  Mask paths = OutsideComponent(world);
  Thin(world.size, paths);
  Mask result(house.blocks.size());
  for (int i = 0; i < house.size.Volume(); ++i) {
    result[i] = paths[world.size.Index(house.size.At(i) + Cell{kPad, 0, kPad})];
  }
  return result;
}

}  // namespace hod::env
