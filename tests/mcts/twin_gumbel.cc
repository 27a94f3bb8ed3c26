#include "tests/mcts/twin_gumbel.h"

#include <algorithm>
#include <cmath>

namespace hod::mcts {
namespace {

struct Transformed {
  std::map<int, double> values;  // sigma(completed q) of every valid action.
  double error = 0;              // What these may differ by in float32.
};

Transformed TransformedValues(const SearchOptions& options, const TwinNode& node) {
  double prior = 0, weighted = 0;
  int visits = 0, most_visits = 0;
  for (const auto& [a, stats] : node.actions) {
    if (stats.visits == 0) continue;
    visits += stats.visits;
    most_visits = std::max(most_visits, stats.visits);
    prior += stats.prior;
    weighted += stats.prior * stats.Mean();
  }
  const double tried = prior > 0 ? weighted / prior : node.value;
  const double mixed = (node.value + visits * tried) / (1 + visits);

  Transformed result;
  double lowest = 1e300, highest = -1e300, largest = 0;
  for (const auto& [a, stats] : node.actions) {
    const double completed = stats.visits > 0 ? stats.Mean() : mixed;
    result.values[a] = completed;
    lowest = std::min(lowest, completed);
    highest = std::max(highest, completed);
    largest = std::max(largest, std::abs(completed));
  }
  const double range = std::max(highest - lowest, kMinValueRange);
  const double scale = (options.value_visits + most_visits) * options.value_scale;
  for (auto& [a, value] : result.values) value = scale * (value - lowest) / range;
  result.error = 1e-6 + 1e-6 * scale * (1 + largest / range);
  return result;
}

double Logit(double prior) { return std::log(std::max(prior, 1e-30)); }

}  // namespace

std::map<int, double> TwinImprovedPolicy(const SearchOptions& options, const TwinNode& node) {
  const std::map<int, double> values = TransformedValues(options, node).values;
  const std::vector<int> explored = node.Explored(options);
  double highest = -1e300;
  for (const int a : explored) {
    if (node.actions.at(a).prior > 0) highest = std::max(highest, values.at(a));
  }
  std::map<int, double> policy;
  for (const auto& [a, stats] : node.actions) policy[a] = 0;
  double sum = 0;
  for (const int a : explored) {
    const double prior = node.actions.at(a).prior;
    if (prior > 0) sum += policy[a] = prior * std::exp(values.at(a) - highest);
  }
  if (sum == 0) return policy;
  for (auto& [a, p] : policy) p /= sum;
  return policy;
}

int TwinSelectImproved(const SearchOptions& options, const TwinNode& node, TwinChooser& chooser) {
  int sum = 0;
  for (const auto& [a, stats] : node.actions) sum += stats.visits + stats.in_flight;
  const std::map<int, double> policy = TwinImprovedPolicy(options, node);
  std::vector<TwinCandidate> candidates;
  for (const int a : node.Explored(options)) {
    const TwinAction& stats = node.actions.at(a);
    const double share = (stats.visits + stats.in_flight) / (1.0 + sum);
    candidates.push_back({a, policy.at(a) - share, stats});
  }
  return chooser.Best(candidates, TransformedValues(options, node).error);
}

std::vector<int> ConsideredVisits(int considered, int simulations) {
  std::vector<int> sequence;
  if (considered <= 1) {
    for (int i = 0; i < simulations; ++i) sequence.push_back(i);
    return sequence;
  }
  const int rounds = static_cast<int>(std::ceil(std::log2(considered)));
  std::vector<int> visits(considered, 0);
  int left = considered;
  while (static_cast<int>(sequence.size()) < simulations) {
    const int extra = std::max(1, simulations / (rounds * left));
    for (int e = 0; e < extra; ++e) {
      for (int i = 0; i < left; ++i) sequence.push_back(visits[i]++);
    }
    left = std::max(2, left / 2);
  }
  sequence.resize(simulations);
  return sequence;
}

void TwinHalving::Start(const SearchOptions& options, const TwinNode& root, int simulations,
                        Rng& rng, TwinChooser& chooser) {
  std::vector<std::pair<double, int>> ranking;
  for (const int a : root.Explored(options)) {
    double score = Logit(root.actions.at(a).prior);
    if (options.gumbel_noise) score -= std::log(-std::log(1 - rng.Uniform()));
    ranking.emplace_back(-score, a);
  }
  std::sort(ranking.begin(), ranking.end());
  const size_t considered =
      std::min(ranking.size(), static_cast<size_t>(options.considered_actions));
  if (considered < ranking.size()) {
    const auto& [last, a] = ranking[considered - 1];
    const auto& [next, b] = ranking[considered];
    const bool alike = root.actions.at(a).prior == root.actions.at(b).prior;
    if (options.gumbel_noise || !alike) chooser.Compare(last, next, 2e-5);
  }
  scores_.clear();
  for (size_t i = 0; i < considered; ++i) scores_[ranking[i].second] = -ranking[i].first;
  schedule_ = ConsideredVisits(static_cast<int>(considered), simulations);
}

bool TwinHalving::Ready(int simulation, const TwinNode& root) const {
  return simulation == 0 || schedule_[simulation] == schedule_[simulation - 1] ||
         root.in_flight == 0;
}

int TwinHalving::BestWithVisits(const SearchOptions& options, int visits, const TwinNode& root,
                                TwinChooser& chooser) const {
  const Transformed transformed = TransformedValues(options, root);
  std::vector<TwinCandidate> candidates;
  for (const auto& [a, score] : scores_) {
    const TwinAction& stats = root.actions.at(a);
    if (stats.visits + stats.in_flight != visits) continue;
    candidates.push_back({a, score + transformed.values.at(a), stats});
  }
  return chooser.Best(candidates, transformed.error + 1e-5);
}

int TwinHalving::Select(const SearchOptions& options, int simulation, const TwinNode& root,
                        TwinChooser& chooser) const {
  return BestWithVisits(options, schedule_[simulation], root, chooser);
}

int TwinHalving::Winner(const SearchOptions& options, const TwinNode& root,
                        TwinChooser& chooser) const {
  int most_visits = 0;
  for (const auto& [a, score] : scores_) {
    most_visits = std::max(most_visits, root.actions.at(a).visits);
  }
  return BestWithVisits(options, most_visits, root, chooser);
}

}  // namespace hod::mcts
