#include "tests/support/mcts/made_node.h"

#include <algorithm>

namespace hod::mcts {

MadeNode::MadeNode(const std::vector<MadeAction>& actions, float value) {
  node.expanded = true;
  node.value = value;
  node.visits = 1;
  node.value_sum = node.min_value = node.max_value = value;
  std::array<double, env::kNumActionTypes> priors{};
  for (const MadeAction& made : actions) {
    const auto a = static_cast<int32_t>(tree.ids.size());
    TypeStats& type = node.types[made.type];
    if (type.begin == type.end) type.begin = a;
    type.end = a + 1;
    priors[made.type] += made.prior;
    tree.ids.push_back(a);
    tree.untried.push_back(made.prior);
    if (made.visits + made.in_flight == 0) continue;

    tree.untried.back() = Tree::kTried;
    tree.edges.push_back({.action = a,
                          .prior = made.prior,
                          .next = type.first_edge,
                          .visits = made.visits,
                          .in_flight = made.in_flight,
                          .value_sum = made.value_sum});
    type.first_edge = static_cast<int32_t>(tree.edges.size()) - 1;
    type.visits += made.visits;
    type.in_flight += made.in_flight;
    type.value_sum += made.value_sum;
    node.visits += made.visits;
    node.in_flight += made.in_flight;
    node.value_sum += made.value_sum;
    if (made.visits == 0) continue;
    const double mean = made.value_sum / static_cast<float>(made.visits);
    node.min_value = std::min(node.min_value, mean);
    node.max_value = std::max(node.max_value, mean);
  }
  for (int t = 0; t < env::kNumActionTypes; ++t) {
    node.types[t].prior = static_cast<float>(priors[t]);
  }
}

}  // namespace hod::mcts
