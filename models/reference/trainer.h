// Training of the reference's convolutional networks, beside Hod's own (models/training/trainer.h):
// the same losses and optimiser, over sequences, as they remember.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/reference/weights.h"
#include "models/training/trainable.h"
#include "models/training/trainer.h"

namespace hod::models {

class ReferenceTrainer final : public ExampleTrainer {
 public:
  // Examples are sequences of `length` consecutive timesteps, one after another; each begins
  // without memory, and gradients flow back through all of it. Refuses a length below 1, a network
  // with attention, one that sees the goal, and one that does not predict others. Of `config` only
  // weights, max_gradient_norm and threads matter.
  static absl::StatusOr<ReferenceTrainer> Create(const ReferenceWeights& weights,
                                                 const TrainerConfig& config, int length);
  ReferenceTrainer(ReferenceTrainer&&);
  ReferenceTrainer& operator=(ReferenceTrainer&&);
  ~ReferenceTrainer() override;

  // Both also refuse a number of examples that is no multiple of the length, and Step() a
  // goal_kl_weight. The network acts with the stored statistics of its batch normalisation.
  absl::StatusOr<Losses> Step(absl::Span<const Example> examples, const StepConfig& step) override;
  absl::StatusOr<std::vector<ExampleErrors>> Errors(
      absl::Span<const Example> examples) const override;

  ReferenceWeights weights() const;

 private:
  class Impl;
  explicit ReferenceTrainer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hod::models
