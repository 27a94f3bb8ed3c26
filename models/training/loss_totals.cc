#include "models/training/loss_totals.h"

namespace hod::models {

LossTotals& LossTotals::operator+=(const LossTotals& other) {
  for (double LossTotals::*sum :
       {&LossTotals::examples, &LossTotals::policies, &LossTotals::humans, &LossTotals::policy,
        &LossTotals::policy_entropy, &LossTotals::value, &LossTotals::goal, &LossTotals::goal_kl,
        &LossTotals::human, &LossTotals::human_entropy, &LossTotals::human_hit,
        &LossTotals::to_change, &LossTotals::recalled, &LossTotals::proposed,
        &LossTotals::rightly_proposed}) {
    this->*sum += other.*sum;
  }
  return *this;
}

Losses LossTotals::Means(const LossWeights& weights, double goal_kl_weight) const {
  Losses losses;
  losses.policy = Ratio(policy, policies);
  losses.value = Ratio(value, examples);
  losses.goal = Ratio(goal, examples);
  losses.goal_kl = Ratio(goal_kl, examples);
  losses.human_cross_entropy = Ratio(human, humans);
  losses.human = Ratio(human - human_entropy, humans);
  losses.total = losses.policy + weights.value * losses.value + weights.goal * losses.goal +
                 goal_kl_weight * losses.goal_kl + weights.human * losses.human;
  losses.goal_recall = Ratio(recalled, to_change);
  losses.goal_precision = Ratio(rightly_proposed, proposed);
  losses.human_accuracy = Ratio(human_hit, humans);
  losses.policy_entropy = Ratio(policy_entropy, policies);
  return losses;
}

LossTotals CountParts(absl::Span<const Example> examples) {
  LossTotals counts;
  counts.examples = static_cast<double>(examples.size());
  for (const Example& example : examples) {
    counts.policies += !example.search_policy.empty();
    counts.humans += !example.human_policy.empty();
  }
  return counts;
}

double Ratio(double a, double b) { return b > 0 ? a / b : 0.0; }

}  // namespace hod::models
