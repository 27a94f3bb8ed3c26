#include "engine/training/learner_start.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "models/checkpoints/checkpoint.h"

namespace hod::engine {

absl::StatusOr<LearnerStart> StartOrResume(const RunDirectory& run) {
  ASSIGN_OR_RETURN(auto latest, run.LatestCheckpoint());
  if (latest.has_value()) {
    const std::string& path = latest->second;
    ASSIGN_OR_RETURN(models::Checkpoint checkpoint, models::LoadCheckpoint(path));
    absl::StatusOr<RunProgress> progress = RunProgress::FromJson(checkpoint.run);
    if (!progress.ok()) {
      return absl::DataLossError(
          absl::StrCat(path, ": ", std::string(progress.status().message())));
    }
    spdlog::info("going on from {}", path);
    return LearnerStart{std::move(checkpoint.state), *std::move(progress)};
  }
  LearnerStart start;
  start.state = models::InitialTrainerState(
      models::InitialNetwork(run.config().network, Rng(run.config().seed).Fork(2000000)));
  start.progress.config = ToToml(run.config());
  // Workers wait for this one.
  RETURN_IF_ERROR(
      models::SaveCheckpoint(run.CheckpointPath(0), {start.state, start.progress.ToJson()}));
  return start;
}

double LearningRateAt(const LearnerConfig& config, double progress) {
  const double fall = std::max(0.0, 2 * progress - 1);
  return config.learning_rate + fall * (config.final_learning_rate - config.learning_rate);
}

}  // namespace hod::engine
