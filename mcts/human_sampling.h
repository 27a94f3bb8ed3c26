// Draws of the human's next action, the chance events of the tree.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "env/game/random.h"

namespace hod::mcts {

// Appends `count` independent draws from `probabilities` (any positive sum) to `draws`, in random
// order. One pass over the distribution serves all draws, so that a node need not keep it: a node
// is visited at most as often as simulations are left.
void DrawActions(absl::Span<const float> probabilities, int count, env::Rng& rng,
                 std::vector<int32_t>& draws);

}  // namespace hod::mcts
