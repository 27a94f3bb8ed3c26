// What every learner does at its start and by the clock, whatever it learns from.
#pragma once

#include "absl/status/statusor.h"
#include "engine/training/run_directory.h"
#include "models/training/trainer.h"

namespace hod::engine {

struct LearnerStart {
  models::TrainerState state;
  RunProgress progress;
};

// The newest checkpoint of the run; a random network, which becomes its first checkpoint, if there
// is none yet.
absl::StatusOr<LearnerStart> StartOrResume(const RunDirectory& run);

// Constant over the first half of training, then falling linearly.
double LearningRateAt(const LearnerConfig& config, double progress);

}  // namespace hod::engine
