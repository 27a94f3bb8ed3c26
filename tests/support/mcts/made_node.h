// Nodes made by hand, to ask one function about.
#pragma once

#include <vector>

#include "mcts/tree.h"

namespace hod::mcts {

struct MadeAction {
  int type;
  float prior;
  int visits = 0;
  float value_sum = 0;
  int in_flight = 0;
};

// An expanded node that was evaluated as `value`, at its first visit. Actions have the ids 0, 1,
// ...
struct MadeNode {
  // `actions` come in the order of their types.
  MadeNode(const std::vector<MadeAction>& actions, float value);

  Tree tree;
  Node node;
};

}  // namespace hod::mcts
