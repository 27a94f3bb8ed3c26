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

// Examples are sequences of a fixed length of consecutive timesteps, one after another; each begins
// without memory, and gradients flow back through all of it. Step() and Errors() also refuse a
// number of examples that is no multiple of the length, and Step() a goal_kl_weight. The network
// acts with the stored statistics of its batch normalisation.
class ReferenceTrainer : public ExampleTrainer {
 public:
  virtual ReferenceWeights weights() const = 0;
};

// Refuses a length below 1, a network with attention, one that sees the goal, and one that does not
// predict others. Only weights, max_gradient_norm and threads of `config` matter. Fails
// where LoadTorchLibrary() does.
absl::StatusOr<std::unique_ptr<ReferenceTrainer>> MakeReferenceTrainer(
    const ReferenceWeights& weights, const TrainerConfig& config, int length);

}  // namespace hod::models
