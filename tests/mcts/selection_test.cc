// PUCT in the arithmetic of the reference, on nodes where rounding makes scores tie.
#include "mcts/selection.h"

#include <cmath>

#include "env/base/random.h"
#include "tests/support/catch.h"
#include "tests/support/mcts/made_node.h"

namespace hod::mcts {
namespace {

// Entry by entry, in float32 as the header says: the first of the best scores.
class PlainPuct {
 public:
  PlainPuct(const SearchOptions& options, double c_puct, const Node& node)
      : options_(options), c_puct_(static_cast<float>(c_puct)), node_(node) {}

  int Select(const std::vector<MadeAction>& actions) const {
    const double n = static_cast<float>(node_.visits + node_.in_flight);
    const double initial =
        options_.init_q_with_max ? node_.max_value : node_.value_sum / node_.visits;
    Best best_action;
    if (options_.selection == Selection::kFlat) {
      for (size_t a = 0; a < actions.size(); ++a) {
        best_action.Consider(static_cast<int>(a), Score(actions[a].prior, actions[a], n, initial));
      }
      return best_action.id;
    }
    Best best_type;
    for (int t = 0; t < env::kNumActionTypes; ++t) {
      const TypeStats& type = node_.types[t];
      if (type.begin < type.end) best_type.Consider(t, Score(type.prior, type, n, initial));
    }
    const TypeStats& type = node_.types[best_type.id];
    const bool unscaled = options_.selection == Selection::kBilevelUnscaled;
    const double type_n = std::max(type.visits + type.in_flight, 1);
    const double type_initial =
        options_.init_q_with_max ? node_.max_value
                                 : static_cast<double>(type.value_sum) / std::max(type.visits, 1);
    const float scale = static_cast<float>(1.0 / type.prior);
    for (int32_t a = type.begin; a < type.end; ++a) {
      best_action.Consider(
          a, unscaled ? Score(actions[a].prior, actions[a], n, initial)
                      : Score(actions[a].prior * scale, actions[a], type_n, type_initial));
    }
    return best_action.id;
  }

 private:
  struct Best {
    int id = -1;
    float score = 0;
    void Consider(int candidate, float candidate_score) {
      if (id >= 0 && candidate_score <= score) return;
      id = candidate;
      score = candidate_score;
    }
  };

  template <typename Entry>
  float Score(float prior, const Entry& entry, double n, double initial) const {
    const auto lowest = static_cast<float>(node_.min_value);
    const double range =
        std::max<double>(static_cast<float>(node_.max_value) - lowest, kMinValueRange);
    const float mean = entry.visits == 0 ? static_cast<float>(initial)
                                         : entry.value_sum / static_cast<float>(entry.visits);
    const auto q = static_cast<float>(static_cast<double>(mean - lowest) / range);
    const float tries = 1.0f + static_cast<float>(entry.visits + entry.in_flight);
    return q + c_puct_ * static_cast<float>(prior * std::sqrt(n) / tries);
  }

  const SearchOptions& options_;
  float c_puct_;
  const Node& node_;
};

TEST_CASE("PUCT picks the first of the best float32 scores, however close the priors") {
  Rng rng(8);
  for (int i = 0; i < 3000; ++i) {
    SearchOptions options;
    options.selection = static_cast<Selection>(rng.Below(3));
    options.init_q_with_max = rng.Chance(0.5);
    const double c_puct = rng.Chance(0.1) ? 0 : std::exp(2 * rng.Normal());
    const double closeness = std::pow(10.0, -rng.Between(0, 7));  // How close priors are.
    std::vector<MadeAction> actions;
    double sum = 0;
    for (int t = 0; t < env::kNumActionTypes; ++t) {
      for (int k = rng.Chance(0.3) ? 0 : rng.Between(1, 60); k > 0; --k) {
        const double prior = 1 + closeness * rng.Uniform();
        sum += prior;
        actions.push_back({t, static_cast<float>(prior)});
        if (!rng.Chance(0.1)) continue;
        actions.back().visits = rng.Between(1, 9);
        actions.back().value_sum = static_cast<float>(actions.back().visits * rng.Normal());
        actions.back().in_flight = rng.Chance(0.2);
      }
    }
    if (actions.empty()) continue;
    for (MadeAction& action : actions) action.prior = static_cast<float>(action.prior / sum);
    const MadeNode made(actions, static_cast<float>(rng.Normal()));
    INFO("node " << i << " selection " << static_cast<int>(options.selection) << " c_puct "
                 << c_puct << " closeness " << closeness);
    const Choice choice = SelectPuct(options, c_puct, made.tree, made.node);
    REQUIRE(choice.action == PlainPuct(options, c_puct, made.node).Select(actions));
    REQUIRE(choice.type == actions[choice.action].type);
    REQUIRE(choice.edge == made.tree.FindEdge(made.node.types[choice.type], choice.action));
  }
}

TEST_CASE(
    "Priors at the end of float32's range and scores that are no numbers pick a valid action") {
  Rng rng(9);
  for (int i = 0; i < 3000; ++i) {
    SearchOptions options;
    options.selection = static_cast<Selection>(rng.Below(3));
    const double largest = std::pow(10.0, -rng.Between(0, 46));
    std::vector<MadeAction> actions;
    for (int t = 0; t < 3; ++t) {
      for (int k = rng.Between(1, 20); k > 0; --k) {
        actions.push_back({t, static_cast<float>(largest * rng.Uniform())});
      }
    }
    const MadeNode made(actions, rng.Chance(0.1) ? NAN : static_cast<float>(rng.Normal()));
    const double c_puct = rng.Chance(0.1) ? 1e300 : 1;
    const Choice choice = SelectPuct(options, c_puct, made.tree, made.node);
    INFO("node " << i << " selection " << static_cast<int>(options.selection) << " c_puct "
                 << c_puct << " largest prior " << largest);
    REQUIRE(choice.action >= made.node.types[choice.type].begin);
    REQUIRE(choice.action < made.node.types[choice.type].end);
  }
}

}  // namespace
}  // namespace hod::mcts
