#include "engine/training/run_session.h"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/samples/replay_feed.h"
#include "engine/session/streams.h"
#include "env/base/clock.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "models/checkpoints/checkpoint.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

absl::StatusOr<models::Network> InitialNetwork(const RunConfig& config) {
  const std::string& path = config.learner.initial;
  if (path == kRandomNetwork) {
    const Rng rng = Rng(config.seed).Fork(RunStream::kInitialNetwork);
    return models::InitialNetwork(config.network, rng);
  }
  ASSIGN_OR_RETURN(models::LoadedNetwork file, models::OpenHodNetwork(path));
  models::Network& network = std::get<models::Network>(file.network);
  if (network.config != config.network) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": learner.initial: ", models::ShapeOf(network.config),
                     ", which differs from network.* of the run, ", models::ShapeOf(config.network),
                     ", or in what it sees"));
  }
  return std::move(network);
}

}  // namespace

SessionPlan PlanOf(const LearnerConfig& config) {
  return {.max_steps = config.max_steps,
          .max_minutes = config.max_minutes,
          .learning_rate = config.learning_rate,
          .final_learning_rate = config.final_learning_rate,
          .fall_begins = 0.5};
}

absl::StatusOr<std::unique_ptr<RunSession>> RunSession::Open(const RunDirectory& run,
                                                             const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(RoleLock lock, RoleLock::Take(run, kLearnerRole, stop));
  ASSIGN_OR_RETURN(auto latest, run.LatestCheckpoint());
  models::TrainerState state;
  RunProgress progress;
  if (latest.has_value()) {
    const std::string& path = latest->second;
    ASSIGN_OR_RETURN(models::Checkpoint checkpoint, models::LoadCheckpoint(path));
    absl::StatusOr<RunProgress> stored = RunProgress::FromJson(checkpoint.run);
    RETURN_IF_ERROR(Annotate(stored.status(), path));
    spdlog::info("going on from {}", path);
    state = std::move(checkpoint.state);
    progress = *std::move(stored);
  } else {
    ASSIGN_OR_RETURN(models::Network network, InitialNetwork(run.config()));
    state = models::InitialTrainerState(std::move(network));
    progress.config = ToToml(run.config());
    // Workers wait for this one.
    RETURN_IF_ERROR(models::SaveCheckpoint(run.CheckpointPath(0), {state, progress.ToJson()}));
  }
  ASSIGN_OR_RETURN(auto metrics, JsonLinesWriter::Open(run.metrics() + "/learner.jsonl"));
  return std::unique_ptr<RunSession>(new RunSession(run, std::move(lock), std::move(state),
                                                    std::move(progress), std::move(metrics), stop));
}

RunSession::RunSession(const RunDirectory& run, RoleLock lock, models::TrainerState state,
                       RunProgress progress, JsonLinesWriter metrics, const std::atomic<bool>& stop)
    : Session(PlanOf(run.config().learner), stop, state.steps, progress.seconds),
      run_(run),
      lock_(std::move(lock)),
      state_(std::move(state)),
      progress_(std::move(progress)),
      metrics_(std::move(metrics)) {}

absl::Status RunSession::Train(models::ResumableTrainer& trainer,
                               absl::FunctionRef<absl::Status()> learn) {
  const absl::Duration interval = absl::Seconds(run_.config().learner.checkpoint_seconds);
  Stopwatch since_checkpoint;
  RETURN_IF_ERROR(Run([&]() -> absl::Status {
    RETURN_IF_ERROR(learn());
    if (since_checkpoint.Elapsed() < interval) return absl::OkStatus();
    since_checkpoint.Restart();
    return Checkpoint(trainer);
  }));
  return Checkpoint(trainer);
}

absl::Status RunSession::Checkpoint(models::ResumableTrainer& trainer) {
  trainer.MarkPublished();
  progress_.seconds = Seconds();
  RETURN_IF_ERROR(
      models::SaveCheckpoint(run_.CheckpointPath(steps()), {trainer.state(), progress_.ToJson()}));
  // From here on, a restart needs the shards of this checkpoint and no others. Training goes on
  // where files cannot be deleted.
  for (const absl::Status& deleted :
       {run_.DeleteOldCheckpoints(), DeleteOldShards(run_.shards(), progress_.replay)}) {
    if (!deleted.ok()) spdlog::error("{}", std::string(deleted.message()));
  }
  return absl::OkStatus();
}

absl::Status RunSession::WriteMetrics(nlohmann::json line) {
  line["time"] = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  line["seconds"] = Seconds();
  line["step"] = steps();
  line["timesteps"] = progress_.timesteps;
  line["progress"] = Progress();
  return metrics_.Write(line);
}

}  // namespace hod::engine
