// The games that benchmarks play: a generated house in the paper's world (11x10x10, two players,
// infinite blocks, no teleportation).
#pragma once

#include <vector>

#include "env/game/game.h"

namespace hod::benchmarks {

struct Episode {
  env::Game game;
  env::State start;                  // The lower half of the house stands.
  std::vector<env::Action> actions;  // [steps][2] random valid actions from `start` on.

  absl::Span<const env::Action> JointAction(int t) const {
    return absl::MakeConstSpan(actions).subspan(2 * t, 2);
  }
};

Episode MakeEpisode(uint64_t seed, int steps);

// `count` positions from the first block to the last, built from the bottom up, players anywhere.
std::vector<env::State> MakePositions(const env::Game& game, int count, uint64_t seed);

}  // namespace hod::benchmarks
