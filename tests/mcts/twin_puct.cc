#include "tests/mcts/twin_puct.h"

#include <algorithm>
#include <cmath>

namespace hod::mcts {
namespace {

constexpr double kTolerance = 3e-6;

}  // namespace

int TwinPuct(const SearchOptions& options, double c_puct, const env::ActionSpace& space,
             const TwinNode& node, TwinChooser& chooser) {
  // The score of an entry of which `stats` are known, on a level with n visits.
  const auto score = [&](double prior, const TwinAction& stats, double n, double initial) {
    const double q = stats.visits == 0 ? initial : stats.Mean();
    const double range = std::max(node.highest - node.lowest, kMinValueRange);
    return (q - node.lowest) / range +
           c_puct * prior * std::sqrt(n) / (1 + stats.visits + stats.in_flight);
  };
  const double node_n = node.visits + node.in_flight;
  const double node_initial = options.init_q_with_max ? node.highest : node.total / node.visits;
  const std::vector<int> explored = node.Explored(options);
  std::vector<TwinCandidate> candidates;
  if (options.selection == Selection::kFlat) {
    for (const int a : explored) {
      const TwinAction& stats = node.actions.at(a);
      candidates.push_back({a, score(stats.prior, stats, node_n, node_initial), stats});
    }
    return chooser.Best(candidates, kTolerance);
  }

  std::map<int, TwinAction> types;
  for (const int a : explored) {
    const TwinAction& stats = node.actions.at(a);
    TwinAction& type = types[static_cast<int>(space.TypeOf(a))];
    type.prior += stats.prior;
    type.sum += stats.sum;
    type.visits += stats.visits;
    type.in_flight += stats.in_flight;
  }
  for (const auto& [t, type] : types) {
    candidates.push_back({t, score(type.prior, type, node_n, node_initial), type});
  }
  const int best_type = chooser.Best(candidates, kTolerance);
  const TwinAction& type = types.at(best_type);
  const double type_n = std::max(type.visits + type.in_flight, 1);
  const double type_mean = type.visits == 0 ? 0 : type.Mean();
  const double type_initial = options.init_q_with_max ? node.highest : type_mean;
  candidates.clear();
  for (const int a : explored) {
    if (static_cast<int>(space.TypeOf(a)) != best_type) continue;
    const TwinAction& stats = node.actions.at(a);
    const double share = type.prior > 0 ? stats.prior / type.prior : 0;
    const double a_score = options.selection == Selection::kBilevel
                               ? score(share, stats, type_n, type_initial)
                               : score(stats.prior, stats, node_n, node_initial);
    candidates.push_back({a, a_score, stats});
  }
  return chooser.Best(candidates, kTolerance);
}

}  // namespace hod::mcts
