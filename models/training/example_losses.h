// The losses of AssistanceZero (Laidlaw et al. 2025, Section 4) of one example, with their gradient
// in the network's logits.
#pragma once

#include "models/training/example.h"
#include "models/training/loss_totals.h"
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

// The losses of what the last Forward() predicts of the example that it saw, without goal_kl and
// without counts.
LossTotals LossesOf(const Example& example, const NetworkPass& pass);

// The same, and fills in what Backward() starts from. `published` is the log of the published goal
// prediction, for goal_kl; null: none.
LossTotals LossesAndGradient(const Example& example, const LossScales& scales,
                             const float* published, NetworkPass& pass);

// The log of a goal prediction, [kNumBlocks][volume], from its logits, [volume][kGoalRow].
void LogGoal(const float* logits, int volume, float* log_goal);

}  // namespace hod::models
