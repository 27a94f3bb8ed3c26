// The losses of AssistanceZero (Laidlaw et al. 2025, Section 4), whatever network predicts. Only
// for the .cc files of models/.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "absl/types/span.h"
#include "models/torch/batch.h"
#include "models/torch/forward.h"
#include "models/training/example.h"
#include "models/training/trainer.h"

namespace hod::models {

// The losses over the examples of one batch, which may take several passes.
class LossSums {
 public:
  LossSums(absl::Span<const Example> batch, const LossWeights& weights, double goal_kl_weight);

  // Adds the examples of one pass. Returns their part of the batch's loss, a scalar. `published` is
  // the log of the published goal prediction, [B, 10, w, h, d]; needed with a goal_kl_weight.
  at::Tensor Add(absl::Span<const Example> examples, const Targets& targets,
                 const Prediction& prediction, const at::Tensor& published);

  // The means over all that was added, without gradient_norm.
  Losses Means() const;

 private:
  void CountChanges(const at::Tensor& goal_logits, const Targets& targets);
  void CountHumanHits(absl::Span<const Example> examples, const at::Tensor& first);

  LossWeights weights_;
  double goal_kl_weight_;
  double examples_ = 0, policies_ = 0, humans_ = 0;  // Counts over the whole batch.

  // Sums over examples.
  double policy_ = 0, value_ = 0, goal_ = 0, goal_kl_ = 0, human_ = 0;
  double policy_entropy_ = 0, human_entropy_ = 0, human_hits_ = 0;
  double to_change_ = 0, recalled_ = 0, proposed_ = 0, rightly_proposed_ = 0;
};

// The errors of a prediction, one entry an example.
std::vector<ExampleErrors> ErrorsOf(absl::Span<const Example> examples, const Targets& targets,
                                    const Prediction& prediction);

}  // namespace hod::models
