// Turns a plan into floors, walls and roofs.
#pragma once

#include "env/game/random.h"
#include "env/houses/house.h"
#include "env/houses/plan.h"

namespace hod::env {

// The closed and hollow house, in the plan's box, without doors, windows or dirt around it.
House BuildShell(const Plan& plan, Rng& rng);

}  // namespace hod::env
