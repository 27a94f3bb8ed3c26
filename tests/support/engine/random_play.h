// Random games cut into fragments, for the tests of samples.
#pragma once

#include <string>
#include <vector>

#include "engine/samples/fragment.h"
#include "env/base/random.h"
#include "env/game/game.h"

namespace hod::engine {

env::GameConfig SmallConfig();         // 7x6x7, two players.
env::GameConfig FiniteBlocksConfig();  // 8x6x7 with palette and inventories.
env::GameConfig TeleportConfig();      // 6x6x6, three players.

struct Play {
  std::vector<Fragment> fragments;
  std::vector<env::State> states;  // Before every step, and after the last.
};

// Plays `steps` random valid actions a player from a random goal's reset, in fragments of up to
// `fragment_steps`. The search policies and human distributions are random as well.
Play PlayRandomly(const env::GameConfig& config, uint64_t seed, int steps, int fragment_steps = 64);

}  // namespace hod::engine
