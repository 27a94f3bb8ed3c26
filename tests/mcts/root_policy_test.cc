// Policies of a finished search against what defines them.
#include "mcts/root_policy.h"

#include <cmath>

#include "env/base/random.h"
#include "mcts/gumbel.h"
#include "tests/support/catch.h"
#include "tests/support/mcts/made_node.h"

namespace hod::mcts {
namespace {

// The maximum of a concave function over the simplex, by moving ever smaller amounts from one entry
// to another.
template <typename Objective>
std::vector<double> MaximiseOverSimplex(std::vector<double> y, const Objective& objective) {
  for (double step = 0.1; step > 1e-9; step /= 2) {
    for (bool improved = true; improved;) {
      improved = false;
      for (size_t from = 0; from < y.size(); ++from) {
        for (size_t to = 0; to < y.size(); ++to) {
          if (from == to || y[from] <= step) continue;
          std::vector<double> moved = y;
          moved[from] -= step;
          moved[to] += step;
          if (objective(moved) <= objective(y)) continue;
          y = moved;
          improved = true;
        }
      }
    }
  }
  return y;
}

TEST_CASE("the limiting policy maximises q y - lambda KL(prior, y)") {
  Rng rng(4);
  for (int i = 0; i < 60; ++i) {
    const int size = rng.Between(2, 5);
    std::vector<MadeAction> actions;
    double sum = 0;
    for (int a = 0; a < size; ++a) {
      const int visits = rng.Between(1, 20);
      actions.push_back({a, static_cast<float>(0.05 + rng.Uniform()), visits,
                         static_cast<float>(visits * rng.Uniform())});
      sum += actions.back().prior;
    }
    for (MadeAction& action : actions) action.prior = static_cast<float>(action.prior / sum);
    const MadeNode made(actions, 0.5f);
    SearchOptions options;
    options.root_policy = RootPolicy::kLimiting;
    options.temperature = 1;
    const double c_puct = 0.3 + 2 * rng.Uniform();
    const Policy policy = PolicyOfRoot(options, c_puct, made.tree, made.node);

    const double trials = made.node.visits - 1;
    const double lambda = c_puct * std::sqrt(trials) / (size + trials);
    const double range = made.node.max_value - made.node.min_value;
    const auto objective = [&](const std::vector<double>& y) {
      double value = 0;
      for (int a = 0; a < size; ++a) {
        value += actions[a].value_sum / actions[a].visits / range * y[a] +
                 lambda * actions[a].prior * std::log(y[a] / actions[a].prior);
      }
      return value;
    };
    const std::vector<double> best =
        MaximiseOverSimplex(std::vector<double>(size, 1.0 / size), objective);
    REQUIRE(policy.size() == actions.size());
    for (int a = 0; a < size; ++a) {
      CHECK(policy[a].second == Approx(best[a]).margin(1e-4));
    }
  }
}

// Values that tried actions have, and the mix of Appendix D for the others.
std::vector<double> CompletedValues(const std::vector<MadeAction>& actions, double own) {
  double prior = 0, weighted = 0, visits = 0;
  for (const MadeAction& action : actions) {
    if (action.visits == 0) continue;
    prior += action.prior;
    weighted += action.prior * action.value_sum / action.visits;
    visits += action.visits;
  }
  const double mixed = visits == 0 ? own : (own + visits * weighted / prior) / (1 + visits);
  std::vector<double> values;
  for (const MadeAction& action : actions) {
    values.push_back(action.visits == 0 ? mixed : action.value_sum / action.visits);
  }
  return values;
}

TEST_CASE("the improved policy is worth no less than the prior, and is the prior without a try") {
  Rng rng(5);
  int better = 0;
  for (int i = 0; i < 500; ++i) {
    std::vector<MadeAction> actions;
    double sum = 0;
    for (int a = 0; a < 40; ++a) {
      actions.push_back({a / 4, rng.Chance(0.1) ? 0 : static_cast<float>(std::exp(rng.Normal()))});
      sum += actions.back().prior;
      if (i < 10 || !rng.Chance(0.3)) continue;
      actions.back().visits = rng.Between(1, 9);
      actions.back().value_sum = static_cast<float>(actions.back().visits * rng.Normal());
    }
    for (MadeAction& action : actions) action.prior = static_cast<float>(action.prior / sum);
    const float own = static_cast<float>(rng.Normal());
    const MadeNode made(actions, own);
    SearchOptions options;
    options.value_scale = rng.Uniform();
    std::vector<float> policy;
    ImprovedPolicy(options, made.tree, made.node, policy);
    const std::vector<double> values = CompletedValues(actions, own);
    double before = 0, after = 0, total = 0;
    for (size_t a = 0; a < actions.size(); ++a) {
      before += actions[a].prior * values[a];
      after += policy[a] * values[a];
      total += policy[a];
      if (i < 10) CHECK(policy[a] == Approx(actions[a].prior).margin(1e-6));
    }
    CHECK(total == Approx(1.0));
    CHECK(after >= before - 1e-6);
    better += after > before + 1e-3;
  }
  CHECK(better > 400);
}

TEST_CASE("mass stays with actions that have a prior, however much better others turn out") {
  // Tried all the same: PUCT tries actions without a prior where the rest looks bad.
  const std::vector<MadeAction> actions = {
      {0, 0.5f, 5, -50.0f}, {1, 0.5f}, {2, 0.0f, 40, 400.0f}, {3, 0.0f}};
  const MadeNode made(actions, 0);
  for (const RootPolicy root_policy : {RootPolicy::kLimiting, RootPolicy::kImproved}) {
    SearchOptions options;
    options.root_policy = root_policy;
    options.value_scale = 10;  // Hundreds of logits lie between best and worst.
    const Policy policy = PolicyOfRoot(options, 1.0, made.tree, made.node);
    double sum = 0;
    for (const auto& [id, p] : policy) {
      CHECK(id < 2);
      sum += p;
    }
    CHECK(sum == Approx(1.0));
    CHECK(policy.back().first == 1);
    CHECK(policy.back().second > 0.5);  // Untried, and worth more than what was tried.
  }
}

}  // namespace
}  // namespace hod::mcts
