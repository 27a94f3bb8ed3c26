// The training session of a run: all that its learner does, whatever it learns from. It holds the
// role of learner, begins with the newest checkpoint, writes checkpoints and metrics, and deletes
// what the run no longer needs. Where several learn, every one has a session: they go on, stop and
// keep checkpoints as one, by the clock of rank 0, which alone writes metrics.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/session/session.h"
#include "engine/training/run_directory.h"
#include "env/base/json_lines.h"
#include "models/training/collective.h"
#include "models/training/trainable.h"
#include "models/training/trainer_state.h"

namespace hod::engine {

// The learning rate is constant over the first half of training.
SessionPlan PlanOf(const LearnerConfig& config);

// After how many steps each of so many recorded timesteps has been learnt from learner.passes
// times, on average.
int64_t StepsOfRecordedPlay(const LearnerConfig& config, int64_t timesteps);

class RunSession : public Session {
 public:
  // A run without a checkpoint begins with learner.initial, which becomes its first. `run`, `stop`
  // and `peers`, if there are several learners, outlive the session.
  static absl::StatusOr<std::unique_ptr<RunSession>> Open(const RunDirectory& run,
                                                          const std::atomic<bool>& stop,
                                                          models::Collective* peers = nullptr);

  // The state that training begins with, once.
  models::TrainerState TakeState() { return std::move(state_); }

  // What the next checkpoint says of the run. The learner keeps timesteps, which are those of all
  // learners, and replay, which is its own, up to date.
  RunProgress& progress() { return progress_; }

  // Replaces every value by its sum over all learners.
  absl::Status Sum(absl::Span<double> values);

  // Session::Run() with `learn`, which makes its steps with `trainer`. Writes a checkpoint every
  // learner.checkpoint_seconds and at the end.
  absl::Status Train(models::ResumableTrainer& trainer, absl::FunctionRef<absl::Status()> learn);

  // From now on `report`, if any, is told with every line of metrics which share of training is
  // done.
  void ReportTo(std::function<void(double)> report) { report_ = std::move(report); }

  // A line of metrics: what it is given, and how far training is.
  absl::Status WriteMetrics(nlohmann::json line);

 private:
  RunSession(const RunDirectory& run, RoleLock lock, models::TrainerState state,
             RunProgress progress, std::optional<JsonLinesWriter> metrics,
             const std::atomic<bool>& stop, models::Collective* peers);
  absl::StatusOr<Moment> Look() override;
  absl::Status Checkpoint(models::ResumableTrainer& trainer);

  const RunDirectory& run_;
  const RoleLock lock_;
  models::TrainerState state_;
  RunProgress progress_;
  std::optional<JsonLinesWriter> metrics_;  // Rank 0 alone has them.
  models::Collective* const peers_;
  std::function<void(double)> report_;
};

}  // namespace hod::engine
