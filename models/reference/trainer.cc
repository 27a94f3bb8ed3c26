#include "models/reference/trainer.h"

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "models/network/torch_library.h"

namespace hod::models {
namespace {

absl::Status CheckTrainable(const ReferenceConfig& config) {
  const char* wrong = nullptr;
  if (config.IsTransformer()) wrong = "has attention";
  if (!config.mask_goal) wrong = "sees the goal";
  if (!config.predicts_others) wrong = "does not predict others' actions";
  if (wrong == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a network that ", wrong, " cannot be trained here"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ReferenceTrainer>> MakeReferenceTrainer(
    const ReferenceWeights& weights, const TrainerConfig& config, int length) {
  RETURN_IF_ERROR(CheckTrainable(weights.config));
  if (length < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("sequences of length ", length, ", expected at least 1"));
  }
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->make_reference_trainer(weights, config, length);
}

}  // namespace hod::models
