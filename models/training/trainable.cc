#include "models/training/trainable.h"

#include <cmath>

namespace hod::models {

absl::Status Validate(const StepConfig& step) {
  if (step.learning_rate >= 0 && std::isfinite(step.learning_rate) && step.goal_kl_weight >= 0 &&
      std::isfinite(step.goal_kl_weight)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "learning_rate and goal_kl_weight must be finite and at least 0");
}

}  // namespace hod::models
