#include "mcts/selection.h"

#include <algorithm>
#include <cmath>

namespace hod::mcts {
namespace {

constexpr double kMinValueRange = 0.01;

// Scores entries that share a level of one node.
class Scorer {
 public:
  // `level_visits` is n, `initial_value` the Q of entries without a visit.
  Scorer(double c_puct, const Node& node, double level_visits, double initial_value)
      : c_puct_(static_cast<float>(c_puct)),
        sqrt_visits_(std::sqrt(level_visits)),
        initial_value_(static_cast<float>(initial_value)),
        min_(static_cast<float>(node.min_value)),
        range_(std::max<double>(static_cast<float>(node.max_value) - min_, kMinValueRange)) {}

  float Score(float prior, float value_sum, int32_t visits) const {
    const float mean = visits == 0 ? initial_value_ : value_sum / static_cast<float>(visits);
    const auto q = static_cast<float>(static_cast<double>(mean - min_) / range_);
    const auto u = static_cast<float>(static_cast<double>(prior) * sqrt_visits_ /
                                      static_cast<double>(1.0f + static_cast<float>(visits)));
    return q + c_puct_ * u;
  }

 private:
  float c_puct_;
  double sqrt_visits_;
  float initial_value_;
  float min_;
  double range_;
};

bool IsExcludedNoop(const SearchOptions& options, const Node& node, int type) {
  if (options.explore_noops || type != static_cast<int>(env::ActionType::kNoop)) return false;
  return std::any_of(node.types.begin() + 1, node.types.end(),
                     [](const TypeStats& t) { return t.begin < t.end; });
}

}  // namespace

int32_t SelectAction(const SearchOptions& options, const Node& node,
                     absl::Span<const ActionStats> actions) {
  const double node_mean = node.visits == 0 ? 0 : node.value_sum / node.visits;
  const double node_init = options.init_q_with_max ? node.max_value : node_mean;
  const Scorer node_scorer(options.c_puct, node, static_cast<float>(node.visits), node_init);

  float best_score = 0;
  int32_t best = kNone;
  const auto consider = [&](int32_t candidate, float score) {
    if (best == kNone || score > best_score) {
      best = candidate;
      best_score = score;
    }
  };
  const auto consider_actions = [&](const TypeStats& type, const Scorer& scorer, float scale) {
    for (int32_t a = type.begin; a < type.end; ++a) {
      const ActionStats& stats = actions[a];
      consider(a, scorer.Score(stats.prior * scale, stats.value_sum, stats.visits));
    }
  };

  if (options.selection == Selection::kFlat) {
    for (int t = 0; t < env::kNumActionTypes; ++t) {
      if (!IsExcludedNoop(options, node, t)) consider_actions(node.types[t], node_scorer, 1.0f);
    }
    return best;
  }

  for (int t = 0; t < env::kNumActionTypes; ++t) {
    const TypeStats& type = node.types[t];
    if (type.begin == type.end || IsExcludedNoop(options, node, t)) continue;
    consider(t, node_scorer.Score(type.prior, type.value_sum, type.visits));
  }
  const TypeStats& type = node.types[best];
  best = kNone;
  if (options.selection == Selection::kBilevelUnscaled) {
    consider_actions(type, node_scorer, 1.0f);
    return best;
  }
  const double type_visits = std::max(type.visits, 1);
  const double type_init =
      options.init_q_with_max ? node.max_value : static_cast<double>(type.value_sum) / type_visits;
  // Priors are renormalised within the type. Where the type has none, the mean value decides.
  const float scale = type.prior > 0 ? static_cast<float>(1.0 / type.prior) : 0.0f;
  consider_actions(type, Scorer(options.c_puct, node, type_visits, type_init), scale);
  return best;
}

}  // namespace hod::mcts
