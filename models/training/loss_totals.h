// Sums of losses and metrics, and the means over a batch that they come to, whoever computes them.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/training/collective.h"
#include "models/training/example.h"
#include "models/training/trainer.h"

namespace hod::models {

// Sums over examples, or the parts of a single one. Losses says what they are, and in what units.
struct LossTotals {
  double examples = 0, policies = 0, humans = 0;  // How many have a policy and a human policy.

  double policy = 0;  // Cross entropy.
  double policy_entropy = 0;
  double value = 0;
  double goal = 0;
  double goal_kl = 0;
  double human = 0;          // Cross entropy of the true distribution and the predicted one.
  double human_entropy = 0;  // Entropy of the true distribution.
  double human_hit = 0;
  // Voxels that must still change, and of them those whose goal is predicted; voxels where a change
  // is predicted, and of them those where the goal is.
  double to_change = 0, recalled = 0, proposed = 0, rightly_proposed = 0;

  LossTotals& operator+=(const LossTotals& other);
  // Adds those of all who learn together; nothing without them.
  absl::Status SumOver(Collective* peers);

  // The means, without gradient_norm.
  Losses Means(const LossWeights& weights, double goal_kl_weight) const;
};

// Only the counts of the first line.
LossTotals CountParts(absl::Span<const Example> examples);

// a / b; 0 if there is nothing to divide by.
double Ratio(double a, double b);

}  // namespace hod::models
