// What makes a plain house somebody's: a porch, a path, a chimney, posts of another material,
// things in the rooms.
#pragma once

#include <vector>

#include "env/base/random.h"
#include "env/houses/generator/openings.h"
#include "env/houses/generator/plan.h"
#include "env/houses/house.h"

namespace hod::env {

// Adds details of another material than the walls: corner posts, a base course or single blocks.
// Comes before openings are cut.
void AddAccents(const Plan& plan, House& house, Rng& rng);

// Partition walls and things along the walls, clear of the doors and of the room behind them.
void Furnish(const Plan& plan, const std::vector<Door>& doors, House& house, Rng& rng);

// A porch or path before each door, where the box leaves room.
void AddYard(const Plan& plan, const std::vector<Door>& doors, House& house, Rng& rng);

void AddChimney(const Plan& plan, House& house, Rng& rng);

}  // namespace hod::env
