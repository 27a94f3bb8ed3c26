// The trainer on the processor: forward and backward passes by the kernels of models/backends, an
// example at a time, on several threads.
#pragma once

#include <memory>

#include "models/training/trainer.h"

namespace hod::models {

// Requires a valid network and vectors of its size.
std::unique_ptr<Trainer> MakeCpuTrainer(const TrainerState& state, const TrainerConfig& config);

}  // namespace hod::models
