// Exploration noise on the priors of a root.
#pragma once

#include <vector>

#include "env/base/random.h"
#include "mcts/options.h"
#include "mcts/tree.h"

namespace hod::mcts {

// Mixes Dirichlet noise into the priors over action types, and within each type into those over its
// actions (paper, "AssistanceZero", root noise). Requires a node of which nothing was tried yet.
// `scratch` keeps its memory from one call to the next.
void AddRootNoise(const SearchOptions& options, Rng& rng, Tree& tree, Node& node,
                  std::vector<double>& scratch);

}  // namespace hod::mcts
