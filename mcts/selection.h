// PUCT on two levels: which valid action of a node the next simulation tries.
#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "mcts/node.h"
#include "mcts/options.h"

namespace hod::mcts {

// Returns an index into `actions`, the pool that `node.types` points into. Requires an expanded
// node that has been backed up through at least once and has a valid action.
//
// At each level score = Q + c_puct * P * sqrt(n) / (1 + N), where Q is the mean value, min-max
// normalised over the values seen at the node (denominator at least 0.01); the first maximum wins.
// Float32 in the reference's order of operations, since ties decide paths.
int32_t SelectAction(const SearchOptions& options, const Node& node,
                     absl::Span<const ActionStats> actions);

}  // namespace hod::mcts
