// The trainer on the processor: forward and backward passes by the kernels of models/backends, an
// example at a time, on several threads.
#pragma once

#include <memory>

#include "models/backends/kernels.h"
#include "models/training/trainer.h"

namespace hod::models {

// Requires a valid network, vectors of its size, and kernels of float32 or bfloat16.
std::unique_ptr<Trainer> MakeCpuTrainer(const TrainerState& state, const TrainerConfig& config,
                                        const Kernels& kernels);

}  // namespace hod::models
