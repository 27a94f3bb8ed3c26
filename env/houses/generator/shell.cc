#include "env/houses/generator/shell.h"

#include "env/base/random.h"

namespace hod::env {
namespace {

Region WallsOf(const Level& level) {
  const Sides& extra = level.extra_wall;
  return level.inside.Minus(
      level.inside.Shrunk({1 + extra.x0, 1 + extra.x1, 1 + extra.z0, 1 + extra.z1}));
}

void BuildLayer(const Plan& plan, int y, House& house) {
  const Level& level = plan.levels[y];
  const Region above = plan.Inside(y + 1);
  const Region walls = WallsOf(level);
  const Region walls_above = y < plan.top() ? WallsOf(plan.levels[y + 1]) : above;
  const Block roof = plan.palette.roof, wall = plan.palette.wall;
  for (int x = 0; x < plan.box.w; ++x) {
    for (int z = 0; z < plan.box.d; ++z) {
      if (!level.inside.Has(x, z)) continue;
      const bool open_above = !above.Has(x, z);
      // Walls of the layer above must stand on something, as where a pyramid steps in.
      const bool bears_wall = walls_above.Has(x, z);
      if (level.is_roof || open_above) {
        if (walls.Has(x, z) || open_above || bears_wall || level.is_floor) {
          house.Set({x, y, z}, roof);
        }
      } else if (walls.Has(x, z)) {
        house.Set({x, y, z}, wall);
      } else if (bears_wall || level.is_floor) {
        house.Set({x, y, z}, y + 1 < plan.top() ? wall : roof);
      }
    }
  }
}

// The floor of the house, which in some houses leaves a patch of the ground as it was.
void BuildGroundFloor(const Plan& plan, House& house, Rng& rng) {
  enum class Kind { kWhole, kFramed, kPatch, kRing };
  const Kind kind = Choose<Kind>(
      rng,
      {{Kind::kWhole, 0.55}, {Kind::kFramed, 0.15}, {Kind::kPatch, 0.15}, {Kind::kRing, 0.15}});
  const Region& inside = plan.levels[0].inside;
  const Region room = inside.Shrunk({1, 1, 1, 1});
  Region bare(plan.box.w, plan.box.d);
  if (kind == Kind::kRing) bare = room.Shrunk({rng.Below(2), 0, 0, rng.Below(2)});
  if (kind == Kind::kPatch) {
    bare = inside.Shrunk({rng.Between(1, 3), rng.Between(0, 3), rng.Between(0, 3), 1});
  }
  for (int x = 0; x < plan.box.w; ++x) {
    for (int z = 0; z < plan.box.d; ++z) {
      if (!inside.Has(x, z) || bare.Has(x, z)) continue;
      const bool frame = kind != Kind::kWhole && !room.Has(x, z);
      house.Set({x, 0, z}, frame ? plan.palette.wall : plan.palette.floor);
    }
  }
}

}  // namespace

House BuildShell(const Plan& plan, Rng& rng) {
  House house = AirHouse(plan.box);
  BuildGroundFloor(plan, house, rng);
  for (int y = 1; y <= plan.top(); ++y) BuildLayer(plan, y, house);
  return house;
}

}  // namespace hod::env
