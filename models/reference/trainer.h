// Training of the reference's convolutional networks, beside Hod's own (models/trainer.h): the same
// losses and optimiser, over sequences, as they remember.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/reference/weights.h"
#include "models/training/example.h"
#include "models/training/trainer.h"

namespace hod::models {

class ReferenceTrainer {
 public:
  // Refuses a network with attention, one that sees the goal, and one that does not predict others.
  // Of `config` only weights, max_gradient_norm and threads matter.
  static absl::StatusOr<ReferenceTrainer> Create(const ReferenceWeights& weights,
                                                 const TrainerConfig& config);
  ReferenceTrainer(ReferenceTrainer&&);
  ~ReferenceTrainer();

  // One update. `examples` are sequences of `length` consecutive timesteps, one after another; each
  // begins without memory, and gradients flow back through all of it. Refuses what
  // Trainer::Step() does, and a number of examples that is no multiple of `length`.
  absl::StatusOr<Losses> Step(absl::Span<const Example> examples, int length, double learning_rate);

  // Errors of the present network, as it acts: its batch normalisation by stored statistics.
  absl::StatusOr<std::vector<ExampleErrors>> Errors(absl::Span<const Example> examples,
                                                    int length) const;

  ReferenceWeights weights() const;

 private:
  class Impl;
  explicit ReferenceTrainer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hod::models
