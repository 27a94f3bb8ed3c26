// Training of a network on examples of play: the losses of AssistanceZero (Laidlaw et al. 2025,
// Section 4), an optimizer, and an average of what it comes to.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/backends/backend.h"
#include "models/training/collective.h"
#include "models/training/optimizer.h"
#include "models/training/trainable.h"

namespace hod::models {

struct LossWeights {
  double value = 0.01;
  double goal = 3.0;
  double human = 1.0;
};

struct TrainerConfig {
  LossWeights weights{};
  OptimizerKind optimizer = OptimizerKind::kAdam;
  double max_gradient_norm = 10.0;
  // Decay of the parameters' exponential moving average, which then acts in their place; 0: none.
  double ema_decay = 0;
  // Share of the inputs and outputs of the hidden layer that a step leaves out (ForwardPass).
  double dropout = 0;
  uint64_t seed = 0;  // Seeds dropout.
  int threads = 1;    // Used by a step, of at least 1. Sums of floats depend on their number.
  Device device = Device::kCpu;
  // The numbers that convolutions multiply. kAuto: float32 on the processor, bfloat16 on a GPU.
  PrecisionChoice precision = PrecisionChoice::kAuto;
  // Who learns together with it; borrowed. Every rank makes its steps when the others do, each with
  // a batch of the same size: parameters, losses and the gradient's norm are then those of one
  // trainer with all their batches. Null: it learns alone.
  Collective* peers = nullptr;
};

// After MarkPublished() steps hold the goal prediction close to that of the parameters of then.
class Trainer : public ResumableTrainer, public ExampleTrainer {
 public:
  virtual Network network() const = 0;
};

// Computes on the processor's vector units or, with Device::kCuda, in libtorch on the GPU. Sums,
// losses and the optimizer are in float32 everywhere. Error: no such device here, no libtorch for
// it, or none of that precision. Requires a valid network and vectors of its size; peers on the
// processor only.
absl::StatusOr<std::unique_ptr<Trainer>> MakeTrainer(const TrainerState& state,
                                                     const TrainerConfig& config);

// The same in libtorch on either device, with its automatic gradients, which those of the vector
// units are compared with; with kAuto alone.
absl::StatusOr<std::unique_ptr<Trainer>> MakeTorchTrainer(const TrainerState& state,
                                                          const TrainerConfig& config);

}  // namespace hod::models
