#include "models/training/loss_totals.h"

#include <array>
#include <iterator>

#include "env/base/status.h"

namespace hod::models {
namespace {

constexpr double LossTotals::*kSums[] = {
    &LossTotals::examples,      &LossTotals::policies,       &LossTotals::humans,
    &LossTotals::policy,        &LossTotals::policy_entropy, &LossTotals::value,
    &LossTotals::goal,          &LossTotals::goal_kl,        &LossTotals::human,
    &LossTotals::human_entropy, &LossTotals::human_hit,      &LossTotals::to_change,
    &LossTotals::recalled,      &LossTotals::proposed,       &LossTotals::rightly_proposed};

}  // namespace

LossTotals& LossTotals::operator+=(const LossTotals& other) {
  for (double LossTotals::*sum : kSums) this->*sum += other.*sum;
  return *this;
}

absl::Status LossTotals::SumOver(Collective* peers) {
  if (peers == nullptr) return absl::OkStatus();
  std::array<double, std::size(kSums)> values;
  for (size_t i = 0; i < values.size(); ++i) values[i] = this->*kSums[i];
  RETURN_IF_ERROR(peers->Sum(absl::MakeSpan(values)));
  for (size_t i = 0; i < values.size(); ++i) this->*kSums[i] = values[i];
  return absl::OkStatus();
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
