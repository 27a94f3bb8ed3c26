// Turns a plan into floors, walls and roofs.
#pragma once

#include "env/base/random.h"
#include "env/houses/generator/plan.h"
#include "env/houses/house.h"

namespace hod::env {

// The closed and hollow house, in the plan's box, without doors, windows or dirt around it.
House BuildShell(const Plan& plan, Rng& rng);

}  // namespace hod::env
