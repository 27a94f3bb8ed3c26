#include "models/training/trainer.h"

#include "env/base/status.h"
#include "models/backends/device_network.h"
#include "models/network/torch_library.h"
#include "models/training/cpu_trainer.h"

namespace hod::models {

absl::StatusOr<std::unique_ptr<Trainer>> MakeTrainer(const TrainerState& state,
                                                     const TrainerConfig& config) {
  if (config.device == Device::kCpu) return MakeCpuTrainer(state, config);
  ASSIGN_OR_RETURN(const bool has_cuda, HasCuda());
  if (!has_cuda) {
    return absl::FailedPreconditionError(
        "learner.device is cuda, but libtorch finds no CUDA device; expected cpu");
  }
  return MakeTorchTrainer(state, config);
}

absl::StatusOr<std::unique_ptr<Trainer>> MakeTorchTrainer(const TrainerState& state,
                                                          const TrainerConfig& config) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->make_trainer(state, config);
}

}  // namespace hod::models
