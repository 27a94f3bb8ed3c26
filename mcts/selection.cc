#include "mcts/selection.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

namespace hod::mcts {
namespace {

constexpr float kRounding = 1e-6f;  // More than a score's relative error in float32.

// Scores entries that share a level of one node.
class Scorer {
 public:
  // `level_visits` is n, `initial_value` the Q of entries without a visit.
  Scorer(double c_puct, const Node& node, double level_visits, double initial_value)
      : c_puct_(static_cast<float>(c_puct)),
        sqrt_visits_(std::sqrt(level_visits)),
        initial_value_(static_cast<float>(initial_value)),
        min_(static_cast<float>(node.min_value)),
        range_(std::max<double>(static_cast<float>(node.max_value) - min_, kMinValueRange)),
        initial_q_(Normalised(initial_value_)) {}

  float Score(float prior, float value_sum, int32_t visits, int32_t in_flight) const {
    const float q = visits == 0 ? initial_q_ : Normalised(value_sum / static_cast<float>(visits));
    const auto u =
        static_cast<float>(static_cast<double>(prior) * sqrt_visits_ /
                           static_cast<double>(1.0f + static_cast<float>(visits + in_flight)));
    return q + c_puct_ * u;
  }
  // The score of an entry that was never tried; it grows with the prior.
  float Untried(float prior) const {
    return initial_q_ + c_puct_ * static_cast<float>(static_cast<double>(prior) * sqrt_visits_);
  }
  // Below it no prior has the score that `prior` has, whatever the rounding. May be NaN: any may.
  float LeastPrior(float prior, float score) const {
    const float per_prior = c_puct_ * static_cast<float>(sqrt_visits_);
    return prior * (1 - kRounding) - kRounding * std::abs(score) / per_prior;
  }

 private:
  float Normalised(float mean) const {
    return static_cast<float>(static_cast<double>(mean - min_) / range_);
  }

  float c_puct_;
  double sqrt_visits_;
  float initial_value_;
  float min_;
  double range_;
  float initial_q_;
};

// The first action with the best score, over one type after another.
class BestAction {
 public:
  explicit BestAction(const Tree& tree) : tree_(tree) {}

  // Priors are multiplied by `scale`.
  void Consider(const TypeStats& type, int t, const Scorer& scorer, float scale) {
    for (int32_t e = type.first_edge; e != kNone; e = tree_.edges[e].next) {
      const Edge& edge = tree_.edges[e];
      Consider({edge.action, e, t},
               scorer.Score(edge.prior * scale, edge.value_sum, edge.visits, edge.in_flight));
    }
    // Among the untried ones, the highest prior is best, but rounding may give others its score.
    const float* untried = tree_.untried.data();
    const float highest =
        Eigen::Map<const Eigen::ArrayXf>(untried + type.begin, type.end - type.begin).maxCoeff();
    if (highest == Tree::kTried) return;
    const float score = scorer.Untried(highest * scale);
    if (best.action != kNone && score < score_) return;
    const float close = std::max(0.0f, scorer.LeastPrior(highest * scale, score) / scale);
    int32_t a = type.begin;
    while (untried[a] != highest &&
           (!(untried[a] >= close) || scorer.Untried(untried[a] * scale) != score)) {
      ++a;
    }
    Consider({a, kNone, t}, score);
  }

  Choice best;

 private:
  void Consider(const Choice& choice, float score) {
    if (best.action == kNone || score > score_ ||
        (score == score_ && choice.action < best.action)) {
      best = choice;
      score_ = score;
    }
  }

  const Tree& tree_;
  float score_ = 0;
};

}  // namespace

bool ExcludesNoop(const SearchOptions& options, const Node& node) {
  return !options.explore_noops && std::any_of(node.types.begin() + 1, node.types.end(),
                                               [](const TypeStats& t) { return t.begin < t.end; });
}

Choice SelectPuct(const SearchOptions& options, double c_puct, const Tree& tree, const Node& node) {
  const double node_mean = node.visits == 0 ? 0 : node.value_sum / node.visits;
  const double node_init = options.init_q_with_max ? node.max_value : node_mean;
  const Scorer node_scorer(c_puct, node, static_cast<float>(node.visits + node.in_flight),
                           node_init);
  const int first_type = ExcludesNoop(options, node) ? 1 : 0;

  BestAction action(tree);
  if (options.selection == Selection::kFlat) {
    for (int t = first_type; t < env::kNumActionTypes; ++t) {
      if (node.types[t].begin < node.types[t].end) {
        action.Consider(node.types[t], t, node_scorer, 1.0f);
      }
    }
    return action.best;
  }

  int best_type = kNone;
  float best_score = 0;
  for (int t = first_type; t < env::kNumActionTypes; ++t) {
    const TypeStats& type = node.types[t];
    if (type.begin == type.end) continue;
    const float score = node_scorer.Score(type.prior, type.value_sum, type.visits, type.in_flight);
    if (best_type != kNone && score <= best_score) continue;
    best_type = t;
    best_score = score;
  }
  const TypeStats& type = node.types[best_type];
  if (options.selection == Selection::kBilevelUnscaled) {
    action.Consider(type, best_type, node_scorer, 1.0f);
    return action.best;
  }
  const double type_visits = std::max(type.visits + type.in_flight, 1);
  const double type_init = options.init_q_with_max
                               ? node.max_value
                               : static_cast<double>(type.value_sum) / std::max(type.visits, 1);
  // Priors are renormalised within the type. Where the type has none that float32 can divide by,
  // the mean value decides.
  const bool has_prior = type.prior >= std::numeric_limits<float>::min();
  const float scale = has_prior ? static_cast<float>(1.0 / type.prior) : 0.0f;
  action.Consider(type, best_type, Scorer(c_puct, node, type_visits, type_init), scale);
  return action.best;
}

}  // namespace hod::mcts
