#include "env/houses/generator/openings.h"

#include <algorithm>

#include "env/base/random.h"

namespace hod::env {
namespace {

constexpr int kDoorHeight = 2;

// How many wall voxels lie between a facade's column and the room behind it; 0 if there is none.
int WallDepth(const Plan& plan, const House& house, const Facade& facade, int index) {
  const Cell inward = -1 * facade.outward;
  const Cell column = facade.Column(index) + Cell{0, 1, 0};
  for (int depth = 1; depth <= 4; ++depth) {
    const Cell c = column + depth * inward;
    if (!plan.levels[1].inside.Has(c.x, c.z)) return 0;
    if (!house.Solid(c) && !house.Solid(c + Cell{0, 1, 0})) return depth;
  }
  return 0;
}

// Removes the wall from the facade's column to the room, over `height` voxels, and puts a lintel
// on.
void CutDoor(const Plan& plan, const Facade& facade, int index, int depth, int height,
             House& house) {
  for (int i = 0; i < depth; ++i) {
    const Cell column = facade.Column(index) + -i * facade.outward;
    for (int y = 1; y <= height; ++y) house.Set(column + Cell{0, y, 0}, kAir);
    const Cell lintel = column + Cell{0, height + 1, 0};
    if (!house.Solid(lintel)) house.Set(lintel, plan.palette.wall);
  }
}

// Cuts one door somewhere on the given side; false if there is no place.
bool CutDoorOnSide(const Plan& plan, int direction, House& house, Rng& rng,
                   std::vector<Door>& doors) {
  struct Place {
    Door door;
    int depth;
    bool centred;
  };
  std::vector<Place> places;
  for (const Facade& facade : FacadesOf(plan.levels[1].inside, direction)) {
    for (int i = 1; i + 1 < facade.length; ++i) {
      const int depth = WallDepth(plan, house, facade, i);
      if (depth > 0 && house.Solid(facade.Column(i) + Cell{0, 1, 0})) {
        places.push_back(
            {{facade, i}, depth, 2 * i + 1 == facade.length || 2 * i == facade.length});
      }
    }
  }
  if (places.empty()) return false;
  std::vector<Place> centred;
  for (const Place& place : places) {
    if (place.centred) centred.push_back(place);
  }
  const std::vector<Place>& pool = !centred.empty() && rng.Chance(0.4) ? centred : places;
  const auto [door, depth, is_centred] = pool[rng.Below(static_cast<int>(pool.size()))];

  // Some doors are gates: wider or taller.
  const bool has_wall_above = plan.CeilingOf(0) > kDoorHeight + 1 &&
                              house.Solid(door.Column() + Cell{0, kDoorHeight + 2, 0});
  const int height = has_wall_above && rng.Chance(0.1) ? kDoorHeight + 1 : kDoorHeight;
  CutDoor(plan, door.facade, door.index, depth, height, house);
  if (rng.Chance(0.22) && door.index + 2 < door.facade.length) {
    const int beside = WallDepth(plan, house, door.facade, door.index + 1);
    if (beside > 0) CutDoor(plan, door.facade, door.index + 1, beside, height, house);
  }
  doors.push_back(door);
  return true;
}

// Whether `c` is a plain voxel of the facade that may become glass: solid with air before it, and
// neither a roof nor the post or lintel of a door.
bool IsGlazable(const House& house, const Facade& facade, Cell c) {
  return house.Solid(c) && house.At(c) != kGlass && !house.Solid(c + facade.outward) &&
         house.Solid(c + facade.along) && house.Solid(c + -1 * facade.along) &&
         house.Solid(c + Cell{0, -1, 0}) && house.Solid(c + Cell{0, 1, 0});
}

struct WindowStyle {
  int width, height;
};

void CutWindow(const Facade& facade, int first, int y, WindowStyle style, House& house) {
  for (int i = first; i < first + style.width; ++i) {
    for (int dy = 0; dy < style.height; ++dy) {
      if (!IsGlazable(house, facade, facade.Column(i) + Cell{0, y + dy, 0})) return;
    }
  }
  for (int i = first; i < first + style.width; ++i) {
    for (int dy = 0; dy < style.height; ++dy) {
      house.Set(facade.Column(i) + Cell{0, y + dy, 0}, kGlass);
    }
  }
}

// One window in the middle of the facade, or two at equal distance from its ends.
void GlazeFacade(const Facade& facade, int y, WindowStyle style, House& house, Rng& rng) {
  const int room = facade.length - 2;  // Corners stay.
  style.width = std::min(style.width, room);
  if (room >= 2 * style.width + 1 && rng.Chance(0.4)) {
    const int offset = 1 + rng.Below((room - 2 * style.width - 1) / 2 + 1);
    CutWindow(facade, offset, y, style, house);
    CutWindow(facade, facade.length - offset - style.width, y, style, house);
  } else {
    const int middle = (facade.length - style.width) / 2;
    const int shift = rng.Chance(0.5) ? rng.Between(-1, 1) : 0;
    CutWindow(facade, std::clamp(middle + shift, 1, facade.length - 1 - style.width), y, style,
              house);
  }
}

// Makes a hole of one or two columns of `room` in layer y, where there is air above and below.
void CutFloor(int y, const Region& room, House& house, Rng& rng) {
  const auto can_open = [&](Cell c) {
    return room.Has(c.x, c.z) && house.Solid(c) && !house.Solid(c + Cell{0, 1, 0}) &&
           !house.Solid(c + Cell{0, -1, 0});
  };
  std::vector<Cell> places;
  for (int x = 0; x < house.size.w; ++x) {
    for (int z = 0; z < house.size.d; ++z) {
      if (can_open({x, y, z})) places.push_back({x, y, z});
    }
  }
  if (places.empty()) return;
  const Cell c = places[rng.Below(static_cast<int>(places.size()))];
  const Cell beside = c + kHorizontal[rng.Below(4)];
  const bool is_pair = rng.Chance(0.7) && can_open(beside);
  house.Set(c, kAir);
  if (is_pair) house.Set(beside, kAir);
}

}  // namespace

void CutFloors(const Plan& plan, House& house, Rng& rng) {
  for (size_t i = 1; i < plan.storeys.size(); ++i) {
    const int y = plan.storeys[i];
    CutFloor(y, plan.Inside(y + 1), house, rng);
  }
  if (plan.skylight) CutFloor(plan.ceiling, plan.Inside(plan.ceiling), house, rng);
}

std::vector<Door> CutDoors(const Plan& plan, House& house, Rng& rng) {
  std::vector<Door> doors;
  for (int i = 0; i < 4 && doors.empty(); ++i) {
    // The entrance, its opposite side, then the others.
    CutDoorOnSide(plan, plan.entrance ^ i, house, rng, doors);
  }
  if (rng.Chance(0.3)) CutDoorOnSide(plan, rng.Below(4), house, rng, doors);
  return doors;
}

void CutWindows(const Plan& plan, House& house, Rng& rng) {
  if (!plan.palette.has_glass) return;
  WindowStyle style = Choose<WindowStyle>(rng, {{{1, 1}, 0.46},
                                                {{1, 2}, 0.13},
                                                {{2, 1}, 0.1},
                                                {{2, 2}, 0.15},
                                                {{99, 2}, 0.12},
                                                {{99, 3}, 0.09}});
  const double share = style.width > 2 ? 0.85 : rng.Between(4, 9) / 10.0;
  for (size_t storey = 0; storey < plan.storeys.size(); ++storey) {
    const int floor = plan.storeys[storey];
    const int ceiling = plan.CeilingOf(storey);
    // At eye height or one higher, if there is room.
    const bool raised = storey == 0 && style.height == 1 && rng.Chance(0.35);
    const int y = floor + (raised ? 3 : 2);
    const int lowest = std::min(y, ceiling - 1);
    const WindowStyle fitting{style.width, std::min(style.height, ceiling - lowest)};
    if (fitting.height < 1) continue;
    for (int direction = 0; direction < 4; ++direction) {
      for (const Facade& facade : FacadesOf(plan.Inside(lowest), direction)) {
        if (rng.Chance(share)) GlazeFacade(facade, lowest, fitting, house, rng);
      }
    }
  }
}

}  // namespace hod::env
