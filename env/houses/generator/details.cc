#include "env/houses/generator/details.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "env/base/random.h"

namespace hod::env {
namespace {

constexpr Cell kUp{0, 1, 0}, kDown{0, -1, 0};

// Whether a block at `c` would stand in the way of a door: within two steps of it.
bool BlocksDoor(const std::vector<Door>& doors, Cell c) {
  return std::any_of(doors.begin(), doors.end(), [&](const Door& door) {
    const Cell column = door.Column();
    return std::abs(column.x - c.x) + std::abs(column.z - c.z) <= 2;
  });
}

// Where things may stand in a storey: on its floor, under two voxels of air, and not below a stair
// well.
std::vector<Cell> FreePlaces(const Plan& plan, const House& house, size_t storey) {
  const int floor = plan.storeys[storey], ceiling = plan.CeilingOf(storey);
  std::vector<Cell> places;
  for (int x = 0; x < plan.box.w; ++x) {
    for (int z = 0; z < plan.box.d; ++z) {
      const Cell c{x, floor + 1, z};
      // A row leaves the way free before a door two wide, too.
      const bool stands = floor == 0 || house.Solid(c + kDown);
      const bool below_well = plan.levels[ceiling].is_floor && !house.Solid({x, ceiling, z});
      if (plan.Inside(c.y).Has(x, z) && stands && !below_well && !house.Solid(c) &&
          !house.Solid(c + kUp)) {
        places.push_back(c);
      }
    }
  }
  return places;
}

// Whether `c` is beside a wall, and a block there would not divide the air around it.
bool FitsFurniture(const House& house, Cell c) {
  constexpr Cell kRing[8] = {{1, 0, 0},  {1, 0, 1},   {0, 0, 1},  {-1, 0, 1},
                             {-1, 0, 0}, {-1, 0, -1}, {0, 0, -1}, {1, 0, -1}};
  int walls = 0;  // Runs of solid voxels on the way around.
  for (int i = 0; i < 8; ++i) {
    walls += house.Solid(c + kRing[i]) && !house.Solid(c + kRing[(i + 1) % 8]);
  }
  return walls == 1;
}

// A wall across the long side of a large ground floor, with a doorway.
void AddPartition(const Plan& plan, const std::vector<Door>& doors, House& house, Rng& rng) {
  const std::vector<Cell> places = FreePlaces(plan, house, 0);
  if (places.size() < 16) return;
  const bool across_x = rng.Chance(0.5);
  const Cell through = places[rng.Below(static_cast<int>(places.size()))];
  const int ceiling = plan.CeilingOf(0);
  for (const Cell place : places) {
    const bool in_line = across_x ? place.x == through.x : place.z == through.z;
    if (!in_line || place == through || BlocksDoor(doors, place)) continue;
    for (Cell c = place; c.y < ceiling && !house.Solid(c); ++c.y) house.Set(c, plan.palette.wall);
  }
}

}  // namespace

void AddAccents(const Plan& plan, House& house, Rng& rng) {
  const Block wall = plan.palette.wall, accent = plan.palette.accent;
  enum class Kind { kNone, kPosts, kBase, kSingle };
  const Kind kind = Choose<Kind>(
      rng, {{Kind::kNone, 0.5}, {Kind::kPosts, 0.12}, {Kind::kBase, 0.06}, {Kind::kSingle, 0.32}});
  if (kind == Kind::kPosts) {
    for (int y = 1; y <= plan.top(); ++y) {
      const Region inside = plan.Inside(y);
      for (int x = 0; x < plan.box.w; ++x) {
        for (int z = 0; z < plan.box.d; ++z) {
          const bool corner = inside.Has(x, z) && inside.Has(x - 1, z) != inside.Has(x + 1, z) &&
                              inside.Has(x, z - 1) != inside.Has(x, z + 1);
          if (corner && house.At({x, y, z}) == wall) house.Set({x, y, z}, accent);
        }
      }
    }
  } else if (kind == Kind::kBase) {
    for (int x = 0; x < plan.box.w; ++x) {
      for (int z = 0; z < plan.box.d; ++z) {
        if (house.Solid({x, 1, z})) house.Set({x, 1, z}, accent);
      }
    }
  } else if (kind == Kind::kSingle) {
    for (int n = rng.Between(1, 3); n > 0; --n) {
      const int i = rng.Below(plan.box.Volume());
      if (house.blocks[i] == wall) house.blocks[i] = accent;
    }
  }
}

void Furnish(const Plan& plan, const std::vector<Door>& doors, House& house, Rng& rng) {
  if (rng.Chance(0.15)) AddPartition(plan, doors, house, rng);
  for (size_t storey = 0; storey < plan.storeys.size(); ++storey) {
    if (!rng.Chance(0.55)) continue;
    const Block block = rng.Chance(0.7) ? plan.palette.wall : plan.palette.accent;
    int left = rng.Between(1, 5);
    for (const Cell place : FreePlaces(plan, house, storey)) {
      if (left == 0) break;
      if ((storey == 0 && BlocksDoor(doors, place)) || !FitsFurniture(house, place) ||
          !rng.Chance(0.3)) {
        continue;
      }
      house.Set(place, block);
      if (FitsFurniture(house, place + kUp) && rng.Chance(0.25)) house.Set(place + kUp, block);
      --left;
    }
  }
}

void AddYard(const Plan& plan, const std::vector<Door>& doors, House& house, Rng& rng) {
  if (plan.yard == 0 || doors.empty()) return;
  const auto& [facade, index] = doors.front();
  const auto put = [&](Cell c, Block block) {
    if (!house.Solid(c)) house.Set(c, block);
  };
  enum class Kind { kPath, kFlanks, kRow };
  const Kind kind =
      Choose<Kind>(rng, {{Kind::kPath, 0.25}, {Kind::kFlanks, 0.4}, {Kind::kRow, 0.35}});
  const Block path = rng.Chance(0.6) ? plan.palette.floor : plan.palette.accent;
  const Block rail = rng.Chance(0.75) ? plan.palette.wall : plan.palette.accent;
  const int paved = kind == Kind::kRow && rng.Chance(0.5) ? facade.length : rng.Below(2);
  for (int out = 1; out <= plan.yard; ++out) {
    for (int i = 0; i < facade.length; ++i) {
      const int distance = std::abs(i - index);  // Counted from the door's column.
      const Cell c = facade.Column(i) + out * facade.outward;
      if (!house.size.Contains(c)) return;
      if (distance <= paved) put(c, path);
      // A row leaves the way free before a door two wide, too.
      const bool stands = kind == Kind::kFlanks ? distance == 1
                                                : kind == Kind::kRow && distance > 0 &&
                                                      i != index + 1 && out == plan.yard;
      if (stands) put(c + kUp, rail);
    }
  }
}

void AddChimney(const Plan& plan, House& house, Rng& rng) {
  if (!rng.Chance(0.2)) return;
  const Region roof = plan.levels[0].inside;
  std::vector<Cell> tops;
  for (int x = 0; x < plan.box.w; ++x) {
    for (int z = 0; z < plan.box.d; ++z) {
      int y = plan.top();
      while (y > 0 && !house.Solid({x, y, z})) --y;
      if (roof.Has(x, z) && y > 1 && y + 1 < plan.box.h) tops.push_back({x, y, z});
    }
  }
  if (tops.empty()) return;
  Cell c = tops[rng.Below(static_cast<int>(tops.size()))];
  const Block block = Choose<Block>(rng, {{kStone, 1}, {kStonebrick, 1}, {kCobblestone, 1}});
  const int height = std::min(plan.box.h - 1 - c.y, rng.Between(1, 2));
  for (int i = 0; i < height; ++i) house.Set(c = c + kUp, block);
}

}  // namespace hod::env
