#include "models/training/ppo_trainer.h"

#include "env/base/status.h"
#include "models/network/torch_library.h"

namespace hod::models {

absl::StatusOr<std::unique_ptr<PpoTrainer>> MakePpoTrainer(const TrainerState& state,
                                                           const PpoTrainerConfig& config) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->make_ppo_trainer(state, config);
}

}  // namespace hod::models
