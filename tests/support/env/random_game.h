// Random settings, goals, positions and actions, for tests of the rules and the search.
#pragma once

#include <vector>

#include "env/game/game.h"

namespace hod::env {

// Small worlds (4 to 7 voxels a side) over all abilities, 1 to 3 players, timestep skips, mixed
// rewards, truncation. Nobody is trusted as a human; horizons are long.
GameConfig RandomConfig(Rng& rng);

// A house of random blocks, as GoalFromHouse() makes it.
std::vector<Block> RandomGoal(const GameConfig& config, Rng& rng);

// A position no game need lead to: random blocks of the given density, players anywhere (even in
// blocks and in each other), random inventories, traces of interactions.
State ScatteredState(const Game& game, double density, Rng& rng);

// One action a player: often a valid one, sometimes any that has an id.
std::vector<Action> RandomActions(const Game& game, const State& state, Rng& rng);

}  // namespace hod::env
