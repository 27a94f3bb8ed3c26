#include "env/game/visibility.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "env/game/line_of_sight.h"

namespace hod::env {
namespace {

// Crossings closer in time than this may come in either order where a player stands elsewhere,
// since coordinates round differently there. Errors of rounding are below 1e-12.
constexpr double kTie = 1e-9;

// The voxels that one ray enters, as indices into a window: first those it enters for certain, then
// those that depend on how ties are resolved.
struct Ray {
  uint16_t begin;
  uint8_t certain, possible;
  uint8_t u, v;  // Which click point of the face.
};

struct Face {
  uint16_t first_ray = 0;
  uint16_t num_rays = 0;
};

// The rays from an eye to every face in reach that looks towards it. Directions are those of
// kDirections, from the solid voxel outwards.
class FaceTable {
 public:
  static const FaceTable& Get() {
    static const FaceTable table;
    return table;
  }

  // Window::At(), looked up.
  Cell offset(int index) const {
    const Offset& o = offsets_[index];
    return {o.x, o.y, o.z};
  }

  // Solid voxels whose face in `direction` is in the table.
  const Window& voxels(int direction) const { return voxels_[direction]; }

  // Whether some click point of the face is seen from `head`. `blocked(int)` tells whether the
  // voxel with an index is an obstacle.
  template <typename Blocked>
  bool Sees(Cell head, int direction, int index, const Blocked& blocked) const {
    const Face& face = faces_[direction][index];
    for (int i = face.first_ray; i < face.first_ray + face.num_rays; ++i) {
      const Ray& ray = rays_[i];
      const uint16_t* entered = &entered_[ray.begin];
      const auto meets = [&](int begin, int end) {
        for (int k = begin; k < end; ++k) {
          if (blocked(entered[k])) return true;
        }
        return false;
      };
      if (meets(0, ray.certain)) continue;
      if (ray.possible == 0 || !meets(ray.certain, ray.certain + ray.possible)) return true;
      if (WalkIsFree(head, direction, index, ray, blocked)) return true;
    }
    return false;
  }

 private:
  FaceTable() {
    for (int index = 0; index < Window::kRows * 16; ++index) {
      const Cell offset = Window::At(index);
      offsets_[index] = {static_cast<int8_t>(offset.x), static_cast<int8_t>(offset.y),
                         static_cast<int8_t>(offset.z)};
      if (!Window::Contains(offset)) continue;
      for (int direction = 0; direction < 6; ++direction) {
        if (LooksTowardsEye(offset, kDirections[direction])) AddFace(direction, index);
      }
    }
  }

  // From inside a block, all its faces are seen.
  static bool LooksTowardsEye(Cell voxel, Cell outwards) {
    return voxel == Cell{} ||
           voxel.x * outwards.x + voxel.y * outwards.y + voxel.z * outwards.z < 0;
  }

  void AddFace(int direction, int index) {
    const Point eye = {0.5, kEyeHeight - 1, 0.5};
    Face& face = faces_[direction][index];
    face.first_ray = static_cast<uint16_t>(rays_.size());
    for (const int u : {1, 0, 2}) {  // The middle is seen most often.
      for (const int v : {1, 0, 2}) {
        const Point point = ClickPoint(ActionType::kBreak, Window::At(index), direction, u, v);
        if (SquaredDistance(eye, point) <= kReach * kReach) AddRay(eye, point, u, v);
      }
    }
    face.num_rays = static_cast<uint16_t>(rays_.size() - face.first_ray);
    if (face.num_rays > 0) voxels_[direction].Add(index);
  }

  void AddRay(const Point& eye, const Point& point, int u, int v) {
    std::vector<std::vector<uint16_t>> walks;
    TraceAllOrders(Walk(eye, point), {}, walks);
    std::vector<uint16_t> certain, possible;
    for (const uint16_t voxel : walks[0]) {
      const bool in_all = std::all_of(walks.begin(), walks.end(), [&](const auto& walk) {
        return std::find(walk.begin(), walk.end(), voxel) != walk.end();
      });
      (in_all ? certain : possible).push_back(voxel);
    }
    for (const auto& walk : walks) {
      for (const uint16_t voxel : walk) {
        const auto known = [&](const std::vector<uint16_t>& voxels) {
          return std::find(voxels.begin(), voxels.end(), voxel) != voxels.end();
        };
        if (!known(certain) && !known(possible)) possible.push_back(voxel);
      }
    }
    rays_.push_back({static_cast<uint16_t>(entered_.size()), static_cast<uint8_t>(certain.size()),
                     static_cast<uint8_t>(possible.size()), static_cast<uint8_t>(u),
                     static_cast<uint8_t>(v)});
    entered_.insert(entered_.end(), certain.begin(), certain.end());
    entered_.insert(entered_.end(), possible.begin(), possible.end());
  }

  // Appends to `walks` the voxels entered by `walk` after `entered`, for every order of ties.
  static void TraceAllOrders(const Walk& walk, std::vector<uint16_t> entered,
                             std::vector<std::vector<uint16_t>>& walks) {
    if (walk.AtEnd()) {
      walks.push_back(std::move(entered));
      return;
    }
    const double next = walk.crossing[walk.NextAxis()];
    for (int axis = 0; axis < 3; ++axis) {
      if (walk.crossing[axis] > next + kTie || walk.crossing[axis] >= 1) continue;
      Walk on = walk;
      on.Cross(axis);
      std::vector<uint16_t> longer = entered;
      longer.push_back(static_cast<uint16_t>(Window::Index(on.voxel)));
      TraceAllOrders(on, std::move(longer), walks);
    }
  }

  // The walk itself, where the table does not decide. The points of a face for breaking the solid
  // voxel and for placing against it differ across the face only, where nothing ties.
  template <typename Blocked>
  static bool WalkIsFree(Cell head, int direction, int index, const Ray& ray,
                         const Blocked& blocked) {
    const Point point =
        ClickPoint(ActionType::kBreak, head + Window::At(index), direction, ray.u, ray.v);
    return RayIsFree(EyeOf(head + Cell{0, -1, 0}), point,
                     [&](Cell cell) { return blocked(Window::Index(cell - head)); });
  }

  struct Offset {
    int8_t x, y, z;
  };

  std::array<Window, 6> voxels_;
  std::array<Offset, Window::kRows * 16> offsets_;
  std::array<std::array<Face, Window::kRows * 16>, 6> faces_;
  std::vector<Ray> rays_;
  std::vector<uint16_t> entered_;
};

// Eight blocks as bits, the first in bit 0.
uint32_t SolidBits(uint64_t blocks) {
  static_assert(std::endian::native == std::endian::little && kNumBlocks <= 128);
  const uint64_t top_bits = (blocks + 0x7f7f7f7f7f7f7f7f) & 0x8080808080808080;
  return static_cast<uint32_t>((top_bits >> 7) * 0x0102040810204080 >> 56);
}

// Up to 9 blocks from `row` on as bits. Reads no further than `end`.
uint32_t SolidBits(const Block* row, const Block* end) {
  uint64_t words[2] = {};
  if (end - row >= static_cast<ptrdiff_t>(sizeof(words))) {
    std::memcpy(words, row, sizeof(words));
  } else {
    std::memcpy(words, row, end - row);
  }
  return SolidBits(words[0]) | SolidBits(words[1]) << 8;
}

// Row `row` of `window` moved by one against `direction`: what the neighbours in that direction
// hold.
template <int kDirection>
uint16_t Neighbours(const Window& window, int row) {
  if constexpr (kDirection == 4) return window.Row(row) >> 1;
  if constexpr (kDirection == 5) return static_cast<uint16_t>(window.Row(row) << 1);
  constexpr int kSteps[] = {Window::kHeight, -Window::kHeight, 1, -1};
  if constexpr (kDirection < 4) return window.Row(row + kSteps[kDirection]);
}

// One search for what can be clicked.
class Sighting {
 public:
  Sighting(const Surroundings& around, const ClickTargets& wanted)
      : around_(around), missing_(wanted) {
    for (int row = 0; row < Window::kRows; ++row) {
      blocked_.Row(row) = around.solid.Row(row) | around.bodies.Row(row);
      open_.Row(row) = around.inside.Row(row) & ~blocked_.Row(row);
    }
    // The voxel of the eye hides nothing, whatever is in it.
    const int eye = Window::Index({});
    if (around.inside.Has(eye)) open_.Add(eye);
  }

  ClickTargets Find() {
    LookAt<0>();
    LookAt<1>();
    LookAt<2>();
    LookAt<3>();
    LookAt<4>();
    LookAt<5>();
    return found_;
  }

 private:
  // Asks about the faces in one direction between a solid and an open voxel of which at least one
  // is still missing.
  template <int kDirection>
  void LookAt() {
    const FaceTable& table = FaceTable::Get();
    std::array<uint16_t, 96> faces{};
    for (int row = 0; row < Window::kRows; ++row) {
      faces[row] = table.voxels(kDirection).Row(row) & around_.solid.Row(row) &
                   Neighbours<kDirection>(open_, row) &
                   (missing_.breaks.Row(row) | Neighbours<kDirection>(missing_.places, row));
    }
    const auto blocked = [&](int index) { return blocked_.Has(index); };
    constexpr int kWord = 4;  // Rows looked at together: most are empty.
    for (int row = 0; row < static_cast<int>(faces.size()); row += kWord) {
      uint64_t word;
      std::memcpy(&word, &faces[row], sizeof(word));
      for (; word != 0; word &= word - 1) {
        const int index = 16 * row + std::countr_zero(word);
        if (!table.Sees(around_.head, kDirection, index, blocked)) continue;
        const Cell outwards = kDirections[kDirection];
        Take(index, missing_.breaks, found_.breaks);
        Take(index + Window::Index(outwards) - Window::Index({}), missing_.places, found_.places);
      }
    }
  }

  static void Take(int index, Window& from, Window& to) {
    if (!from.Has(index)) return;
    from.Remove(index);
    to.Add(index);
  }

  const Surroundings& around_;
  Window blocked_, open_;
  ClickTargets missing_, found_;
};

}  // namespace

bool CanClick(const Obstacles& obstacles, ActionType type, Cell target, Cell feet) {
  const FaceTable& table = FaceTable::Get();
  const WorldSize& size = obstacles.size;
  const Block* blocks = obstacles.blocks.data();
  const Cell head = feet + Cell{0, 1, 0};
  const auto is_solid = [&](Cell c) { return blocks[size.Index(c)] != kAir; };
  // Voxels that bodies fill, as indices.
  absl::InlinedVector<int, 4> bodies;
  for (const Cell player : obstacles.players) {
    for (const int up : {0, 1}) {
      const Cell offset = player + Cell{0, up, 0} - head;
      if (Window::Contains(offset)) bodies.push_back(Window::Index(offset));
    }
  }
  const auto blocked = [&](int index) {
    const Cell c = head + table.offset(index);
    if (c.y < size.h && is_solid(c)) return true;
    return std::find(bodies.begin(), bodies.end(), index) != bodies.end();
  };
  for (int direction = 0; direction < 6; ++direction) {
    const Cell neighbour = target + kDirections[direction];
    if (!size.Contains(neighbour)) continue;
    // The face between a solid and an open voxel, from the solid one outwards.
    const bool place = type == ActionType::kPlace;
    const Cell solid = (place ? neighbour : target) - head;
    const int outwards = place ? direction ^ 1 : direction;
    if (!Window::Contains(solid)) continue;
    const int index = Window::Index(solid);
    if (!table.voxels(outwards).Has(index)) continue;
    if (place && !is_solid(neighbour)) continue;
    if (table.Sees(head, outwards, index, blocked)) return true;
  }
  return false;
}

bool CanClickFromAnywhere(const Obstacles& obstacles, ActionType type, Cell target) {
  const WorldSize& size = obstacles.size;
  const auto is_free = [&](Cell c) {
    return c.y == size.h || obstacles.blocks[size.Index(c)] == kAir;
  };
  const int own_top = type == ActionType::kPlace ? 1 : 0;
  for (int dx = -4; dx <= 4; ++dx) {
    for (int dy = -5; dy <= 3; ++dy) {
      for (int dz = -4; dz <= 4; ++dz) {
        if (dx == 0 && dz == 0 && dy >= -1 && dy <= own_top) continue;
        const Cell feet = target + Cell{dx, dy, dz};
        if (!size.Contains(feet) || !is_free(feet) || !is_free(feet + Cell{0, 1, 0})) continue;
        if (CanClick(obstacles, type, target, feet)) return true;
      }
    }
  }
  return false;
}

Surroundings::Surroundings(const WorldSize& size, absl::Span<const Block> blocks, Cell head)
    : head(head) {
  const int z_begin = std::max(0, head.z - Window::kLow);
  const int z_end = std::min(size.d, head.z - Window::kLow + Window::kWidth);
  const int shift = z_begin - (head.z - Window::kLow);
  const uint32_t in_row = (1u << (z_end - z_begin)) - 1;
  const int y_begin = std::max(0, head.y - Window::kLow);
  const int y_end = std::min(size.h, head.y - Window::kLow + Window::kHeight);
  const int x_begin = std::max(0, head.x - Window::kLow);
  const int x_end = std::min(size.w, head.x - Window::kLow + Window::kWidth);
  for (int x = x_begin; x < x_end; ++x) {
    for (int y = y_begin; y < y_end; ++y) {
      const int row = Window::Index({x - head.x, y - head.y, 0}) / 16;
      const Block* begin = &blocks[size.Index({x, y, z_begin})];
      inside.Row(row) = static_cast<uint16_t>(in_row << shift);
      solid.Row(row) = static_cast<uint16_t>(
          (SolidBits(begin, blocks.data() + blocks.size()) & in_row) << shift);
    }
  }
}

ClickTargets FindClickable(const Surroundings& around, const ClickTargets& wanted) {
  return Sighting(around, wanted).Find();
}

}  // namespace hod::env
