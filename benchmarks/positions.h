// The games that benchmarks play: generated houses, half built, in the paper's world.
#pragma once

#include <vector>

#include "env/game/game.h"

namespace hod::benchmarks {

struct Episode {
  env::Game game;
  env::State start;                  // Half of the house stands.
  std::vector<env::Action> actions;  // [steps][2] random valid actions from `start` on.
};

// Plays `steps` steps. 11x10x10, two players, infinite blocks, no teleportation.
Episode MakeEpisode(uint64_t seed, int steps);

// Positions between the first and the last of `episode`, evenly spaced.
std::vector<env::State> PositionsOf(const Episode& episode, int count);

}  // namespace hod::benchmarks
