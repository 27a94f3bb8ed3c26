#include "models/training/trainer.h"

#include "env/base/status.h"
#include "models/network/torch_library.h"
#include "models/training/cpu_trainer.h"

namespace hod::models {

std::unique_ptr<Trainer> MakeTrainer(const TrainerState& state, const TrainerConfig& config) {
  return MakeCpuTrainer(state, config);
}

absl::StatusOr<std::unique_ptr<Trainer>> MakeTorchTrainer(const TrainerState& state,
                                                          const TrainerConfig& config) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->make_trainer(state, config);
}

}  // namespace hod::models
