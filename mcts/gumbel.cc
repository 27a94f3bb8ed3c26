#include "mcts/gumbel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hod::mcts {
namespace {

constexpr float kMinPrior = 1e-30f;  // Keeps logits finite.

float Logit(float prior) { return std::log(std::max(prior, kMinPrior)); }

int32_t FirstAction(const Node& node) { return node.types.front().begin; }

int32_t EndAction(const Node& node) {
  int32_t end = 0;
  for (const TypeStats& type : node.types) end = std::max(end, type.end);
  return end;
}

// The node's values as they move logits.
class TransformedValues {
 public:
  TransformedValues(const SearchOptions& options, const Tree& tree, const Node& node) {
    int32_t most_visits = 0, visits = 0, tried_actions = 0;
    double weighted = 0, prior = 0;
    ForEachEdge(tree, node, [&](const Edge& edge) {
      if (edge.visits == 0) return;
      ++tried_actions;
      most_visits = std::max(most_visits, edge.visits);
      visits += edge.visits;
      prior += edge.prior;
      weighted += edge.prior * Mean(edge);
    });
    mixed_ = node.value;
    if (visits > 0) {
      const double tried = prior > 0 ? weighted / prior : node.value;
      mixed_ = static_cast<float>((node.value + visits * tried) / (1 + visits));
    }
    // Where every action was tried none carries the mix.
    const bool all_tried = tried_actions == EndAction(node) - FirstAction(node);
    lowest_ = all_tried ? std::numeric_limits<float>::infinity() : mixed_;
    float highest = all_tried ? -lowest_ : mixed_;
    ForEachEdge(tree, node, [&](const Edge& edge) {
      if (edge.visits == 0) return;
      lowest_ = std::min(lowest_, Mean(edge));
      highest = std::max(highest, Mean(edge));
    });
    scale_ = static_cast<float>((options.value_visits + most_visits) * options.value_scale) /
             std::max(highest - lowest_, static_cast<float>(kMinValueRange));
  }

  float Of(const Edge& edge) const {
    return edge.visits == 0 ? untried() : scale_ * (Mean(edge) - lowest_);
  }
  float untried() const { return scale_ * (mixed_ - lowest_); }

  template <typename Visit>
  static void ForEachEdge(const Tree& tree, const Node& node, const Visit& visit) {
    for (const TypeStats& type : node.types) {
      for (int32_t e = type.first_edge; e != kNone; e = tree.edges[e].next) visit(tree.edges[e]);
    }
  }

 private:
  static float Mean(const Edge& edge) { return edge.value_sum / static_cast<float>(edge.visits); }

  float mixed_, lowest_, scale_;
};

int TypeOf(const Node& node, int32_t action) {
  int t = 0;
  while (action >= node.types[t].end || node.types[t].begin == node.types[t].end) ++t;
  return t;
}

}  // namespace

void ImprovedPolicy(const SearchOptions& options, const Tree& tree, const Node& node,
                    std::vector<float>& policy) {
  const TransformedValues values(options, tree, node);
  const int32_t begin = FirstAction(node), end = EndAction(node);
  policy.resize(end - begin);
  // Untried actions all carry the same value: exponentials are needed for tried ones only. The
  // highest is taken over actions with a prior, or all of these might vanish beside one without.
  float highest = -std::numeric_limits<float>::infinity();
  if (std::any_of(tree.untried.begin() + begin, tree.untried.begin() + end,
                  [](float prior) { return prior > 0; })) {
    highest = values.untried();
  }
  TransformedValues::ForEachEdge(tree, node, [&](const Edge& edge) {
    if (edge.prior > 0) highest = std::max(highest, values.Of(edge));
  });
  const float untried = std::exp(values.untried() - highest);
  for (int32_t a = begin; a < end; ++a) {
    policy[a - begin] = tree.untried[a] > 0 ? tree.untried[a] * untried : 0;
  }
  TransformedValues::ForEachEdge(tree, node, [&](const Edge& edge) {
    policy[edge.action - begin] =
        edge.prior > 0 ? edge.prior * std::exp(values.Of(edge) - highest) : 0;
  });
  if (ExcludesNoop(options, node)) policy.front() = 0;
  float sum = 0;
  for (const float p : policy) sum += p;
  if (sum == 0) return;
  for (float& p : policy) p /= sum;
}

Choice SelectImproved(const SearchOptions& options, const Tree& tree, const Node& node,
                      std::vector<float>& policy) {
  ImprovedPolicy(options, tree, node, policy);
  const int32_t begin = FirstAction(node);
  // One more than the visits of all actions: the node's own evaluation counts among its visits.
  const auto total = static_cast<float>(node.visits + node.in_flight);
  TransformedValues::ForEachEdge(tree, node, [&](const Edge& edge) {
    policy[edge.action - begin] -= static_cast<float>(edge.visits + edge.in_flight) / total;
  });
  if (ExcludesNoop(options, node)) policy.front() = -std::numeric_limits<float>::infinity();
  Choice choice;
  choice.action =
      begin + static_cast<int32_t>(std::max_element(policy.begin(), policy.end()) - policy.begin());
  choice.type = TypeOf(node, choice.action);
  choice.edge = tree.FindEdge(node.types[choice.type], choice.action);
  return choice;
}

void SequentialHalving::Start(const SearchOptions& options, const Tree& tree, const Node& root,
                              int simulations, Rng& rng) {
  options_ = &options;
  competitors_.clear();
  const bool no_noop = ExcludesNoop(options, root);
  for (int t = no_noop ? 1 : 0; t < env::kNumActionTypes; ++t) {
    for (int32_t a = root.types[t].begin; a < root.types[t].end; ++a) {
      const double noise = options.gumbel_noise ? -std::log(-std::log(1 - rng.Uniform())) : 0;
      competitors_.push_back({a, t, Logit(tree.untried[a]) + static_cast<float>(noise)});
    }
  }
  const int considered =
      std::min<int>(options.considered_actions, static_cast<int>(competitors_.size()));
  std::partial_sort(competitors_.begin(), competitors_.begin() + considered, competitors_.end(),
                    [](const Competitor& a, const Competitor& b) {
                      return a.score != b.score ? a.score > b.score : a.action < b.action;
                    });
  competitors_.resize(considered);

  // How often each simulation's action has been visited before it, which is all of the schedule.
  visits_before_.clear();
  const int rounds = std::max(1, static_cast<int>(std::ceil(std::log2(considered))));
  int32_t visits = 0;
  for (int left = considered; static_cast<int>(visits_before_.size()) < simulations;
       left = std::max(2, left / 2)) {
    left = std::min(left, considered);
    const int repeats = std::max(1, simulations / (rounds * left));
    for (int r = 0; r < repeats; ++r, ++visits) {
      visits_before_.insert(visits_before_.end(), left, visits);
    }
  }
  visits_before_.resize(std::max(simulations, 0));
}

bool SequentialHalving::Ready(const Node& root, int i) const {
  return i == 0 || visits_before_[i] == visits_before_[i - 1] || root.in_flight == 0;
}

Choice SequentialHalving::Select(const Tree& tree, const Node& root, int i) const {
  const TransformedValues values(*options_, tree, root);
  const int32_t visits = visits_before_[i];
  Choice best;
  float best_score = 0;
  for (const Competitor& competitor : competitors_) {
    const int32_t e = tree.FindEdge(root.types[competitor.type], competitor.action);
    const int32_t had = e == kNone ? 0 : tree.edges[e].visits + tree.edges[e].in_flight;
    if (had != visits) continue;
    const float score =
        competitor.score + (e == kNone ? values.untried() : values.Of(tree.edges[e]));
    if (best.action != kNone && score <= best_score) continue;
    best = {competitor.action, e, competitor.type};
    best_score = score;
  }
  return best;
}

int32_t SequentialHalving::Winner(const Tree& tree, const Node& root) const {
  const TransformedValues values(*options_, tree, root);
  int32_t best = kNone, most_visits = -1;
  float best_score = 0;
  for (const Competitor& competitor : competitors_) {
    const int32_t e = tree.FindEdge(root.types[competitor.type], competitor.action);
    const int32_t visits = e == kNone ? 0 : tree.edges[e].visits;
    const float score =
        competitor.score + (e == kNone ? values.untried() : values.Of(tree.edges[e]));
    if (visits < most_visits || (visits == most_visits && score <= best_score)) continue;
    best = competitor.action;
    most_visits = visits;
    best_score = score;
  }
  return best;
}

}  // namespace hod::mcts
