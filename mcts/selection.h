// Which valid action of a node the next simulation tries.
#pragma once

#include <cstdint>

#include "mcts/options.h"
#include "mcts/tree.h"

namespace hod::mcts {

// An action of a node, and its edge if it was tried before.
struct Choice {
  int32_t action = kNone;  // Into the pool of actions.
  int32_t edge = kNone;
  int type = 0;
};

// PUCT on two levels, or one, as `options.selection` says. Requires an expanded node that has been
// backed up through at least once and has a valid action.
//
// At each level score = Q + c_puct * P * sqrt(n) / (1 + N), where Q is the mean value, min-max
// normalised over the values seen at the node (denominator at least kMinValueRange); the first
// maximum wins. Float32 in the reference's order of operations, since ties decide paths.
// Simulations in flight count as visits in n and N, but not in Q (Liu et al., "Watch the
// unobserved", ICLR 2020).
Choice SelectPuct(const SearchOptions& options, double c_puct, const Tree& tree, const Node& node);

// Whether noop takes no simulations at this node: it is excluded, and not the only valid action.
bool ExcludesNoop(const SearchOptions& options, const Node& node);

}  // namespace hod::mcts
