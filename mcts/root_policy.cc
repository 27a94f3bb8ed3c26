#include "mcts/root_policy.h"

#include <algorithm>
#include <cmath>

#include "mcts/gumbel.h"

namespace hod::mcts {
namespace {

struct RootAction {
  int32_t id;
  double prior;
  double visits;
  double q;  // Mean value, min-max normalised over the values seen at the root.
};

std::vector<RootAction> ActionsOf(const Tree& tree, const Node& root) {
  const double range = std::max(root.max_value - root.min_value, kMinValueRange);
  const auto normalised = [&](double value) { return (value - root.min_value) / range; };
  std::vector<RootAction> actions;
  for (const TypeStats& type : root.types) {
    for (int32_t a = type.begin; a < type.end; ++a) {
      const int32_t e = tree.FindEdge(type, a);
      if (e == kNone) {
        actions.push_back(
            {tree.ids[a], tree.untried[a], 0, normalised(root.value_sum / root.visits)});
      } else {
        const Edge& edge = tree.edges[e];
        actions.push_back({tree.ids[a], edge.prior, static_cast<double>(edge.visits),
                           normalised(edge.value_sum / edge.visits)});
      }
    }
  }
  return actions;
}

// The policy y that maximises sum q y - lambda KL(prior, y): y = lambda prior / (alpha - q), where
// alpha makes it sum to 1 (Grill et al., Section 3.1). Actions without a prior have no part in it.
std::vector<double> LimitingPolicy(double c_puct, const std::vector<RootAction>& actions,
                                   int trials) {
  const double lambda = c_puct * std::sqrt(static_cast<double>(trials)) /
                        (static_cast<double>(actions.size()) + trials);
  double low = -1e300, high = -1e300;
  for (const RootAction& a : actions) {
    if (a.prior == 0) continue;
    low = std::max(low, a.q + lambda * a.prior);
    high = std::max(high, a.q + lambda);
  }
  const auto policy_at = [&](double alpha) {
    std::vector<double> policy;
    for (const RootAction& a : actions) {
      policy.push_back(a.prior > 0 ? lambda * a.prior / (alpha - a.q) : 0);
    }
    return policy;
  };
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    double sum = 0;
    for (const double p : policy_at(middle)) sum += p;
    (sum >= 1 ? low : high) = middle;
  }
  return policy_at(high);
}

}  // namespace

Policy PolicyOfRoot(const SearchOptions& options, double c_puct, const Tree& tree,
                    const Node& root) {
  const std::vector<RootAction> actions = ActionsOf(tree, root);
  const int trials = root.visits - 1;
  std::vector<double> weights;
  if (trials == 0) {
    for (const RootAction& a : actions) weights.push_back(a.prior);
  } else if (options.root_policy == RootPolicy::kVisits) {
    for (const RootAction& a : actions) weights.push_back(a.visits / trials);
  } else if (options.root_policy == RootPolicy::kLimiting) {
    weights = LimitingPolicy(c_puct, actions, trials);
  } else {
    std::vector<float> policy;
    ImprovedPolicy(options, tree, root, policy);
    weights.assign(policy.begin(), policy.end());
  }
  if (!options.explore_noops) {
    for (double& weight : weights) weight *= 1 - root.noop_prior;
    weights.front() = root.noop_prior;  // Noop is always valid and the first.
  }
  const double highest = *std::max_element(weights.begin(), weights.end());
  double sum = 0;
  for (double& weight : weights) sum += weight = std::pow(weight / highest, options.temperature);
  Policy policy;
  for (size_t i = 0; i < actions.size(); ++i) {
    if (weights[i] > 0) policy.emplace_back(actions[i].id, static_cast<float>(weights[i] / sum));
  }
  return policy;
}

}  // namespace hod::mcts
