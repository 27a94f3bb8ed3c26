// Exploration noise on the priors of a root.
#pragma once

#include "absl/types/span.h"
#include "env/game/random.h"
#include "mcts/node.h"
#include "mcts/options.h"

namespace hod::mcts {

// Mixes Dirichlet noise into the priors over action types, and within each type into those over its
// actions (paper, "AssistanceZero", root noise). `actions` is the pool that `node.types` points
// into.
void AddRootNoise(const SearchOptions& options, env::Rng& rng, Node& node,
                  absl::Span<ActionStats> actions);

}  // namespace hod::mcts
