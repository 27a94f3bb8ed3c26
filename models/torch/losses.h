// The losses of AssistanceZero (Laidlaw et al. 2025, Section 4), whatever network predicts. Only
// for the .cc files of models/.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "absl/types/span.h"
#include "models/torch/batch.h"
#include "models/torch/forward.h"
#include "models/training/example.h"
#include "models/training/loss_totals.h"
#include "models/training/trainer.h"

namespace hod::models {

// Cross entropies of the goals, mean over voxels, [B]. `log_goal` is the log of the prediction,
// [B, 10, w, h, d]; `goal` are blocks, [B, w, h, d], as int64.
at::Tensor GoalErrors(const at::Tensor& log_goal, const at::Tensor& goal);

// The losses over the examples of one batch, which may take several passes.
class LossSums {
 public:
  LossSums(absl::Span<const Example> batch, const LossWeights& weights, double goal_kl_weight);

  // Adds the examples of one pass. Returns their part of the batch's loss, a scalar. `published` is
  // the log of the published goal prediction, [B, 10, w, h, d]; needed with a goal_kl_weight.
  at::Tensor Add(absl::Span<const Example> examples, const Targets& targets,
                 const Prediction& prediction, const at::Tensor& published);

  // The means over all that was added, without gradient_norm.
  Losses Means() const { return totals_.Means(weights_, goal_kl_weight_); }

 private:
  void CountChanges(const at::Tensor& goal_logits, const Targets& targets);
  void CountHumanHits(absl::Span<const Example> examples, const at::Tensor& first);

  LossWeights weights_;
  double goal_kl_weight_;
  LossTotals totals_;  // The counts are those of the whole batch from the beginning.
};

// The errors of a prediction, one entry an example.
std::vector<ExampleErrors> ErrorsOf(absl::Span<const Example> examples, const Targets& targets,
                                    const Prediction& prediction);

}  // namespace hod::models
