// Turns a finished search into a policy.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "mcts/options.h"
#include "mcts/tree.h"

namespace hod::mcts {

// (flat action id, probability > 0), ids ascending, summing to 1.
using Policy = std::vector<std::pair<int32_t, float>>;

// The policy of `root` as options.root_policy and options.temperature say. With
// options.explore_noops off, noop keeps its prior. After a single simulation the root's priors take
// the place of visit counts: acting without search.
Policy PolicyOfRoot(const SearchOptions& options, double c_puct, const Tree& tree,
                    const Node& root);

}  // namespace hod::mcts
