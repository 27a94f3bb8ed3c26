#include "env/houses/generator/generator.h"

#include "env/houses/generator/details.h"
#include "env/houses/generator/openings.h"
#include "env/houses/generator/plan.h"
#include "env/houses/generator/shell.h"
#include "env/houses/transforms/transforms.h"

namespace hod::env {

House GenerateHouse(const WorldSize& max_size, Rng& rng) {
  const Plan plan = DrawPlan(max_size, rng);
  House house = BuildShell(plan, rng);
  AddAccents(plan, house, rng);
  CutFloors(plan, house, rng);
  const std::vector<Door> doors = CutDoors(plan, house, rng);
  CutWindows(plan, house, rng);
  Furnish(plan, doors, house, rng);
  AddYard(plan, doors, house, rng);
  AddChimney(plan, house, rng);
  return WithGrass(RandomlyPlaced(Cropped(house), max_size, rng), GrassMode::kSurround);
}

}  // namespace hod::env
