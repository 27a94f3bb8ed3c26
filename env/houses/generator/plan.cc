#include "env/houses/generator/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "env/base/random.h"

namespace hod::env {
namespace {

// The lowest ceiling over two voxels of head room.
constexpr int kLowestCeiling = 3;

enum class Form { kFlat, kPitched, kTower };

struct Rectangle {
  int x0, x1, z0, z1;
  int Width() const { return x1 - x0 + 1; }
  int Depth() const { return z1 - z0 + 1; }
};

int Scaled(double fraction, int extent) { return static_cast<int>(std::lround(fraction * extent)); }

Palette DrawPalette(Rng& rng) {
  Palette palette;
  palette.wall = Choose<Block>(rng, {{kPlanks, 0.37},
                                     {kLog, 0.22},
                                     {kStone, 0.19},
                                     {kWool, 0.12},
                                     {kStonebrick, 0.08},
                                     {kCobblestone, 0.03}});
  palette.roof = palette.wall;
  if (rng.Chance(0.5)) {
    while (palette.roof == palette.wall) {
      palette.roof = Choose<Block>(
          rng, {{kPlanks, 0.62}, {kLog, 0.10}, {kStonebrick, 0.08}, {kDirt, 0.14}, {kStone, 0.04}});
    }
  }
  palette.floor = palette.wall;
  if (rng.Chance(palette.wall == kLog ? 0.6 : 0.28)) {
    palette.floor =
        Choose<Block>(rng, {{kPlanks, 0.55}, {kStone, 0.36}, {kLog, 0.03}, {kStonebrick, 0.06}});
  }
  palette.accent = palette.wall;
  while (palette.accent == palette.wall) {
    palette.accent = Choose<Block>(
        rng,
        {{kPlanks, 0.5}, {kStone, 0.2}, {kStonebrick, 0.15}, {kLog, 0.1}, {kCobblestone, 0.05}});
  }
  palette.has_glass = rng.Chance(0.82);
  return palette;
}

// The outline of the house with its yard and eaves. Real houses are scaled down until they fit, so
// that they mostly fill the box along its tighter side.
Rectangle DrawOutline(const WorldSize& box, Rng& rng) {
  const bool tight_z = box.d < box.w || (box.d == box.w && rng.Chance(0.5));
  const double tight = Choose<double>(rng, {{1.0, 0.74}, {0.88, 0.2}, {0.75, 0.06}});
  const double wide = std::min(1.0, 0.52 + 0.62 * rng.Uniform());
  const int w = std::max(3, Scaled(tight_z ? wide : tight, box.w));
  const int d = std::max(3, Scaled(tight_z ? tight : wide, box.d));
  const int x0 = rng.Below(box.w - w + 1), z0 = rng.Below(box.d - d + 1);
  return {x0, x0 + w - 1, z0, z0 + d - 1};
}

// Takes away the yard in front of the entrance.
Rectangle WithoutYard(Rectangle r, int entrance, int yard) {
  const std::array<int*, 4> ends = {&r.x1, &r.x0, &r.z1, &r.z0};
  *ends[entrance] += entrance % 2 == 0 ? -yard : yard;
  return r;
}

// A rectangle that reaches one corner of `r` and takes up to half of its sides, leaving at least
// three columns beside it.
Rectangle DrawCorner(const Rectangle& r, Rng& rng) {
  const int w = rng.Between(1, std::max(1, std::min(r.Width() - 3, r.Width() / 2)));
  const int d = rng.Between(1, std::max(1, std::min(r.Depth() - 3, r.Depth() / 2)));
  const bool high_x = rng.Chance(0.5), high_z = rng.Chance(0.5);
  return {high_x ? r.x1 - w + 1 : r.x0, high_x ? r.x1 : r.x0 + w - 1, high_z ? r.z1 - d + 1 : r.z0,
          high_z ? r.z1 : r.z0 + d - 1};
}

Region Columns(const WorldSize& box, const Rectangle& r) {
  return Region::Rectangle(box.w, box.d, r.x0, r.x1, r.z0, r.z1);
}

Region DrawGround(const WorldSize& box, const Rectangle& r, Rng& rng) {
  Region ground = Columns(box, r);
  if (r.Width() < 5 || r.Depth() < 5) return ground;
  if (rng.Chance(0.16)) return ground.Minus(Columns(box, DrawCorner(r, rng)));
  if (rng.Chance(0.10)) {
    for (const int x : {r.x0, r.x1}) {
      for (const int z : {r.z0, r.z1}) ground.Set(x, z, false);
    }
  }
  return ground;
}

// Adds layers of equal shape up to `top`.
void Raise(Plan& plan, const Region& inside, int top) {
  Level level;
  level.inside = inside;
  while (plan.top() < top) plan.levels.push_back(level);
}

// Makes layer y the floor of a storey.
void AddStorey(Plan& plan, int y) {
  plan.levels[y].is_floor = true;
  plan.storeys.push_back(y);
}

// Floors in a tall house, so that no room is higher than six voxels.
void DivideIntoStoreys(Plan& plan, Rng& rng) {
  while (plan.ceiling - plan.storeys.back() > 6) {
    AddStorey(plan, plan.storeys.back() + rng.Between(3, 5));
  }
}

// A lower part of the house: above its roof the rest goes on alone.
void AddWing(Plan& plan, const Rectangle& r, int ceiling, Rng& rng) {
  if (ceiling <= kLowestCeiling) return;
  const bool along_x = r.Width() > r.Depth();
  const int length = along_x ? r.Width() : r.Depth();
  if (length < 6) return;
  const int wing = rng.Between(2, length - 4), wing_top = rng.Between(kLowestCeiling, ceiling - 1);
  Rectangle cut = r;
  const bool high = rng.Chance(0.5);
  if (along_x) {
    (high ? cut.x0 : cut.x1) = high ? r.x1 - wing + 1 : r.x0 + wing - 1;
  } else {
    (high ? cut.z0 : cut.z1) = high ? r.z1 - wing + 1 : r.z0 + wing - 1;
  }
  const Region columns = Columns(plan.box, cut);
  for (int y = wing_top + 1; y <= plan.top(); ++y) {
    plan.levels[y].inside = plan.levels[y].inside.Minus(columns);
  }
}

void AddFlatRoof(Plan& plan, const Rectangle& r, Rng& rng) {
  const int highest = plan.box.h - 1;
  const double share = Choose<double>(rng, {{3.0 / 7, 0.12}, {4.0 / 7, 0.55}, {5.0 / 7, 0.33}});
  const int ceiling = std::max(kLowestCeiling, Scaled(share, highest));
  const Region ground = plan.levels[0].inside;
  Raise(plan, ground, ceiling);
  plan.ceiling = ceiling;
  DivideIntoStoreys(plan, rng);
  plan.levels[ceiling].is_roof = rng.Chance(0.5);

  enum class Top { kPlain, kHole, kRim, kBattlement, kSecondSlab, kCap };
  const Top top = Choose<Top>(rng, {{Top::kPlain, 0.42},
                                    {Top::kHole, 0.12},
                                    {Top::kRim, 0.16},
                                    {Top::kBattlement, 0.08},
                                    {Top::kSecondSlab, 0.1},
                                    {Top::kCap, 0.12}});
  plan.skylight = top == Top::kHole;
  if (top == Top::kPlain && rng.Chance(0.3)) AddWing(plan, r, ceiling, rng);
  // High flat roofs are bare.
  const int highest_rim = std::max(kLowestCeiling + 1, Scaled(5.0 / 7, highest));
  if (ceiling + 1 > std::min(highest_rim, highest)) return;
  Level rim;
  switch (top) {
    case Top::kPlain:
    case Top::kHole:
      return;
    case Top::kRim: {
      const int wide = rng.Chance(0.3) ? 2 : 1;
      rim.inside = ground.Minus(ground.Shrunk({wide, wide, wide, wide}));
      break;
    }
    case Top::kBattlement: {
      const int parity = rng.Below(2);
      rim.inside = ground.Border();
      rim.inside = rim.inside.Where(
          [&](int x, int z) { return rim.inside.Has(x, z) && (x + z) % 2 == parity; });
      break;
    }
    case Top::kSecondSlab:
      rim.inside = ground;
      plan.levels[ceiling].is_floor = true;
      break;
    case Top::kCap:
      rim.inside = ground.Shrunk({1, 1, 1, 1});
      plan.levels[ceiling].is_floor = true;
      break;
  }
  rim.is_roof = rng.Chance(0.6);
  plan.levels.push_back(rim);
}

void AddPitchedRoof(Plan& plan, const Rectangle& r, bool eaves, Rng& rng) {
  const int highest = plan.box.h - 1;
  const Region ground = plan.levels[0].inside;
  const bool gable = rng.Chance(0.35);
  Sides step{1, 1, 1, 1};
  if (gable) step = r.Width() < r.Depth() ? Sides{1, 1, 0, 0} : Sides{0, 0, 1, 1};
  std::vector<Region> roof;
  for (Region layer = eaves ? ground.Grown() : ground; !layer.Empty(); layer = layer.Shrunk(step)) {
    roof.push_back(layer);
  }
  // The roof ends under the top of the box if it can without making the room too low or too high.
  const int low_base = std::max(kLowestCeiling, Scaled(0.58, highest));
  const int high_base = std::max(kLowestCeiling, Scaled(0.72, highest));
  const int base = std::clamp(highest - static_cast<int>(roof.size()) + 1, kLowestCeiling,
                              rng.Chance(0.5) ? low_base : high_base);
  Raise(plan, ground, base - 1);
  const bool solid = !gable && rng.Chance(0.35);
  for (size_t i = 0; i < roof.size() && plan.top() < highest; ++i) {
    Level level;
    level.inside = roof[i];
    level.is_roof = !gable;
    level.is_floor = solid;
    plan.levels.push_back(level);
  }
  plan.ceiling = base;
  DivideIntoStoreys(plan, rng);
}

// Storeys that step in.
void AddTower(Plan& plan, Rng& rng) {
  const int highest = plan.box.h - 1;
  const bool bands = rng.Chance(0.5);
  Region inside = plan.levels[0].inside;
  int ceiling = rng.Chance(0.6) ? kLowestCeiling : kLowestCeiling + 1;
  if (highest - ceiling < 2) ceiling = kLowestCeiling;
  Raise(plan, inside, ceiling);
  plan.levels[ceiling].is_roof = bands;
  while (plan.top() < highest) {
    const int floor = ceiling;
    ceiling = floor + rng.Between(3, 4);
    if (highest - ceiling < 3) ceiling = highest;
    Region upper = inside;
    for (int tries = 0; tries < 8; ++tries) {
      const Sides step{rng.Below(3), rng.Below(3), rng.Below(3), rng.Below(3)};
      const Region shrunk = inside.Shrunk(step);
      // The room needs walls and at least two columns between them.
      if (shrunk.Shrunk({1, 1, 1, 1}).Count() < 2 || shrunk.Count() < inside.Count() / 3) continue;
      upper = shrunk;
      break;
    }
    if (floor > 0) AddStorey(plan, floor);
    Raise(plan, upper, ceiling);
    plan.levels[ceiling].is_roof = bands;
    inside = upper;
  }
  plan.ceiling = ceiling;
}

void DrawWallThickness(Plan& plan, Rng& rng) {
  const double chance = Choose<double>(rng, {{0.0, 0.48}, {0.45, 0.35}, {1.0, 0.17}});
  Sides extra;
  for (int* side : {&extra.x0, &extra.x1, &extra.z0, &extra.z1}) *side = rng.Chance(chance);
  const Sides whole{1 + extra.x0, 1 + extra.x1, 1 + extra.z0, 1 + extra.z1};
  const Region ground = plan.levels[0].inside;
  if (ground.Shrunk(whole).Count() < 4) return;
  for (int y = 1; y <= plan.CeilingOf(0); ++y) {
    // Wings and roofs keep thin walls.
    if (plan.levels[y].inside.Count() == ground.Count()) plan.levels[y].extra_wall = extra;
  }
}

}  // namespace

Plan DrawPlan(const WorldSize& box, Rng& rng) {
  Plan plan;
  plan.box = box;
  plan.palette = DrawPalette(rng);
  plan.entrance = rng.Below(4);
  plan.storeys = {0};

  Form form =
      Choose<Form>(rng, {{Form::kFlat, 0.46}, {Form::kPitched, 0.27}, {Form::kTower, 0.27}});
  if (box.h < kLowestCeiling + 3) form = Form::kFlat;

  const Rectangle outline = DrawOutline(box, rng);
  Rectangle body = outline;
  plan.yard = Choose<int>(rng, {{0, 0.5}, {1, 0.3}, {2, 0.2}});
  const bool eaves =
      form == Form::kPitched && rng.Chance(0.35) && std::min(body.Width(), body.Depth()) >= 6;
  if (eaves) {
    body = {body.x0 + 1, body.x1 - 1, body.z0 + 1, body.z1 - 1};
    plan.yard = 0;
  }
  const Rectangle reduced = WithoutYard(body, plan.entrance, plan.yard);
  if (std::min(reduced.Width(), reduced.Depth()) >= 4) {
    body = reduced;
  } else {
    plan.yard = 0;
  }

  Level ground;
  ground.inside = DrawGround(box, body, rng);
  plan.levels = {ground};
  switch (form) {
    case Form::kFlat:
      AddFlatRoof(plan, body, rng);
      break;
    case Form::kPitched:
      AddPitchedRoof(plan, body, eaves, rng);
      break;
    case Form::kTower:
      AddTower(plan, rng);
      break;
  }
  DrawWallThickness(plan, rng);
  return plan;
}

}  // namespace hod::env
