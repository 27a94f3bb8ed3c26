#include "tests/mcts/twin_policy.h"

#include <algorithm>
#include <cmath>

#include "tests/mcts/twin_gumbel.h"

namespace hod::mcts {
namespace {

// argmax over policies y of q y - lambda KL(prior, y): y = lambda prior / (alpha - q), and alpha
// such that it sums to 1 (Grill et al., Proposition 1). Actions without a prior have no part in it.
std::map<int, double> Limiting(const SearchOptions& options, double c_puct, const TwinNode& root) {
  const int trials = root.visits - 1;
  const double lambda =
      c_puct * std::sqrt(trials) / (trials + static_cast<double>(root.actions.size()));
  std::map<int, double> q;
  double highest = -1e300;
  for (const auto& [a, stats] : root.actions) {
    if (stats.prior == 0) continue;
    const double mean = stats.visits > 0 ? stats.Mean() : root.total / root.visits;
    q[a] = (mean - root.lowest) / std::max(root.highest - root.lowest, kMinValueRange);
    highest = std::max(highest, q[a]);
  }
  std::map<int, double> policy;
  double lowest_log = -100, highest_log = std::log(lambda);  // Bounds of log(alpha - highest).
  for (int i = 0; i < 200; ++i) {
    const double middle = (lowest_log + highest_log) / 2;
    double sum = 0;
    for (const auto& [a, value] : q) {
      sum += policy[a] = lambda * root.actions.at(a).prior / (std::exp(middle) + highest - value);
    }
    (sum > 1 ? lowest_log : highest_log) = middle;
  }
  return policy;
}

}  // namespace

std::map<int, double> TwinRootPolicy(const SearchOptions& options, double c_puct,
                                     const TwinNode& root) {
  std::map<int, double> policy;
  for (const auto& [a, stats] : root.actions) policy[a] = 0;
  if (root.visits == 1) {
    for (const auto& [a, stats] : root.actions) policy[a] = stats.prior;
  } else if (options.root_policy == RootPolicy::kVisits) {
    for (const auto& [a, stats] : root.actions) policy[a] = stats.visits / (root.visits - 1.0);
  } else if (options.root_policy == RootPolicy::kLimiting) {
    for (const auto& [a, p] : Limiting(options, c_puct, root)) policy[a] = p;
  } else {
    policy = TwinImprovedPolicy(options, root);
  }
  if (!options.explore_noops) {
    for (auto& [a, p] : policy) p = a == 0 ? root.noop_prior : p * (1 - root.noop_prior);
  }
  double sum = 0;
  for (auto& [a, p] : policy) sum += p = std::pow(p, options.temperature);
  for (auto& [a, p] : policy) p /= sum;
  return policy;
}

}  // namespace hod::mcts
