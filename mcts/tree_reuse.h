// A subtree becomes the next search's tree.
#pragma once

#include <cstdint>

#include "mcts/tree.h"

namespace hod::mcts {

// Moves what lies below `child`, an expanded node below the root of `tree`, into `subtree`, which
// is overwritten; `tree` is of no use afterwards. The root of `subtree` is a node to be expanded
// anew, with the statistics of its types, whose edges cannot be looked up before AdoptEdges().
// Returns the visits of all of its edges.
int MoveSubtree(Tree& tree, int32_t child, Tree& subtree);

// Call this when the root of such a tree has its priors. It gives them to the edges it kept, and
// adds what these know to its visits and values, all but its own evaluation. Requires that its
// valid actions are the child's. Nothing happens where no edge was kept.
void AdoptEdges(double gamma, Tree& tree);

}  // namespace hod::mcts
