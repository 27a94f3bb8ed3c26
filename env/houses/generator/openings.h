// Cuts stair wells, doors and windows into the walls of a closed house.
#pragma once

#include <vector>

#include "env/base/random.h"
#include "env/houses/generator/facade.h"
#include "env/houses/generator/plan.h"
#include "env/houses/house.h"

namespace hod::env {

struct Door {
  Facade facade;
  int index;  // The door's column in the facade.

  Cell Column() const { return facade.Column(index); }
};

// Opens every floor between two storeys, and the roof where the plan has a skylight, by a hole of
// one or two columns with air above and below. Before the doors.
void CutFloors(const Plan& plan, House& house, Rng& rng);

// Opens the ground floor to the outside, if its room can be reached through a straight wall. The
// first door is at the plan's entrance where possible.
std::vector<Door> CutDoors(const Plan& plan, House& house, Rng& rng);

// After the doors.
void CutWindows(const Plan& plan, House& house, Rng& rng);

}  // namespace hod::env
