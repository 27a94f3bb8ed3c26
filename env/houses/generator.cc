#include "env/houses/generator.h"

#include "env/houses/details.h"
#include "env/houses/openings.h"
#include "env/houses/plan.h"
#include "env/houses/shell.h"
#include "env/houses/transforms.h"

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
