// The policy of a finished search of the twin (docs/rules.md, Section 5, "Result").
#pragma once

#include <map>

#include "tests/mcts/twin_node.h"

namespace hod::mcts {

// Probabilities of the valid actions of `root`.
std::map<int, double> TwinRootPolicy(const SearchOptions& options, double c_puct,
                                     const TwinNode& root);

}  // namespace hod::mcts
