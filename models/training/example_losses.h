// The losses of AssistanceZero (Laidlaw et al. 2025, Section 4) of one example, with their gradient
// in the network's logits.
#pragma once

#include "absl/types/span.h"
#include "models/training/example.h"
#include "models/training/network_pass.h"

namespace hod::models {

// What an example's losses count for in the loss of the batch.
struct LossScales {
  double policy = 0;
  double value = 0;
  double goal = 0;
  double goal_kl = 0;
  double human = 0;
};

// In nats, or as Losses says. What the example has no part in is 0.
struct ExampleLosses {
  double policy = 0;  // Cross entropy to the search policy,
  double policy_entropy = 0;
  double value = 0;
  double goal = 0;
  double goal_kl = 0;
  double human = 0;          // Cross entropy of the true distribution and the predicted one,
  double human_entropy = 0;  // and of the true one with itself.
  double human_hit = 0;
  // Voxels that must still change, and of them those whose goal is predicted; voxels where a change
  // is predicted, and of them those where the goal is.
  int to_change = 0, recalled = 0, proposed = 0, rightly_proposed = 0;
};

// The losses of what the last Forward() predicts of the example that it saw. `published` is the log
// of the published goal prediction, [kNumBlocks][volume]; needed for goal_kl, may be null.
ExampleLosses LossesOf(const Example& example, const NetworkPass& pass, const float* published);

// The same, and fills in what Backward() starts from. Returns the gradient of the value in the
// last.
ExampleLosses LossesAndGradient(const Example& example, NetworkPass& pass, const float* published,
                                const LossScales& scales, float& value_gradient);

// The log of a goal prediction, [kNumBlocks][volume], from its logits.
void LogGoal(const float* logits, int volume, float* log_goal);

}  // namespace hod::models
