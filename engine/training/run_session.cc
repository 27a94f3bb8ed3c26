#include "engine/training/run_session.h"

#include <spdlog/spdlog.h>

#include <cmath>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/samples/replay_feed.h"
#include "engine/session/streams.h"
#include "engine/training/peers.h"
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

// Makes the first one if there is none.
absl::Status HaveCheckpoint(const RunDirectory& run) {
  ASSIGN_OR_RETURN(const auto latest, run.LatestCheckpoint());
  if (latest) return absl::OkStatus();
  ASSIGN_OR_RETURN(models::Network network, InitialNetwork(run.config()));
  RunProgress progress;
  progress.config = ToToml(run.config());
  return models::SaveCheckpoint(
      run.CheckpointPath(0), {models::InitialTrainerState(std::move(network)), progress.ToJson()});
}

bool Leads(const models::Collective* peers) { return peers == nullptr || peers->rank() == 0; }

}  // namespace

SessionPlan PlanOf(const LearnerConfig& config) {
  return {.max_steps = config.max_steps,
          .max_minutes = config.max_minutes,
          .learning_rate = config.learning_rate,
          .final_learning_rate = config.final_learning_rate,
          .fall_begins = 0.5};
}

int64_t StepsOfRecordedPlay(const LearnerConfig& config, int64_t timesteps) {
  return static_cast<int64_t>(std::ceil(config.passes * static_cast<double>(timesteps) /
                                        static_cast<double>(config.StepSize())));
}

absl::StatusOr<std::unique_ptr<RunSession>> RunSession::Open(const RunDirectory& run,
                                                             const std::atomic<bool>& stop,
                                                             models::Collective* peers) {
  const Part part = PartOf(peers);
  ASSIGN_OR_RETURN(RoleLock lock, RoleLock::Take(run, LearnerRole(part.rank), stop));
  if (peers != nullptr) RETURN_IF_ERROR(CheckSameSettings(*peers, run.config()));
  if (Leads(peers)) RETURN_IF_ERROR(HaveCheckpoint(run));
  if (peers != nullptr) RETURN_IF_ERROR(ShareNewestCheckpoint(*peers, run).status());
  ASSIGN_OR_RETURN(const auto latest, run.LatestCheckpoint());
  if (!latest) return absl::NotFoundError(absl::StrCat(run.path(), ": has no checkpoint"));
  ASSIGN_OR_RETURN(models::Checkpoint checkpoint, models::LoadCheckpoint(latest->second));
  absl::StatusOr<RunProgress> progress = RunProgress::FromJson(checkpoint.run);
  RETURN_IF_ERROR(Annotate(progress.status(), latest->second));
  if (checkpoint.state.steps > 0) spdlog::info("going on from {}", latest->second);
  progress->replay = PartOf(progress->replay, part);
  std::optional<JsonLinesWriter> metrics;
  if (Leads(peers)) {
    ASSIGN_OR_RETURN(metrics, JsonLinesWriter::Open(run.metrics() + "/learner.jsonl"));
  }
  return std::unique_ptr<RunSession>(
      new RunSession(run, std::move(lock), std::move(checkpoint.state), *std::move(progress),
                     std::move(metrics), stop, peers));
}

RunSession::RunSession(const RunDirectory& run, RoleLock lock, models::TrainerState state,
                       RunProgress progress, std::optional<JsonLinesWriter> metrics,
                       const std::atomic<bool>& stop, models::Collective* peers)
    : Session(PlanOf(run.config().learner), stop, state.steps, progress.seconds),
      run_(run),
      lock_(std::move(lock)),
      state_(std::move(state)),
      progress_(std::move(progress)),
      metrics_(std::move(metrics)),
      peers_(peers) {}

absl::Status RunSession::Train(models::ResumableTrainer& trainer,
                               absl::FunctionRef<absl::Status()> learn) {
  double written = Seconds();
  RETURN_IF_ERROR(Run([&]() -> absl::Status {
    RETURN_IF_ERROR(learn());
    if (Seconds() - written < run_.config().learner.checkpoint_seconds) return absl::OkStatus();
    written = Seconds();
    return Checkpoint(trainer);
  }));
  return Checkpoint(trainer);
}

absl::Status RunSession::Sum(absl::Span<double> values) {
  return peers_ == nullptr ? absl::OkStatus() : peers_->Sum(values);
}

// Who is told to stop stops all.
absl::StatusOr<Session::Moment> RunSession::Look() {
  ASSIGN_OR_RETURN(const Moment own, Session::Look());
  double agreed[] = {own.stop ? 1.0 : 0.0, Leads(peers_) ? own.seconds : 0.0};
  RETURN_IF_ERROR(Sum(absl::MakeSpan(agreed)));
  return Moment{agreed[0] > 0, agreed[1]};
}

absl::Status RunSession::Checkpoint(models::ResumableTrainer& trainer) {
  trainer.MarkPublished();
  progress_.seconds = Seconds();
  const models::TrainerState state = trainer.state();
  RunProgress of_all = progress_;
  if (peers_ != nullptr) {
    RETURN_IF_ERROR(CheckSameState(*peers_, state));
    ASSIGN_OR_RETURN(of_all.replay, GatherPositions(*peers_, progress_.replay));
  }
  bool keeps = Leads(peers_);
  if (keeps) {
    RETURN_IF_ERROR(models::SaveCheckpoint(run_.CheckpointPath(steps()), {state, of_all.ToJson()}));
  }
  if (peers_ != nullptr) {
    ASSIGN_OR_RETURN(const bool received, ShareNewestCheckpoint(*peers_, run_));
    keeps = keeps || received;
  }
  // From here on, a restart needs the shards of this checkpoint and no others. Training goes on
  // where files cannot be deleted.
  for (const absl::Status& deleted : {keeps ? run_.DeleteOldCheckpoints() : absl::OkStatus(),
                                      DeleteOldShards(run_.shards(), progress_.replay)}) {
    if (!deleted.ok()) spdlog::error("{}", std::string(deleted.message()));
  }
  return absl::OkStatus();
}

absl::Status RunSession::WriteMetrics(nlohmann::json line) {
  if (report_) report_(Progress());
  if (!metrics_) return absl::OkStatus();
  line["time"] = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  line["seconds"] = Seconds();
  line["step"] = steps();
  line["timesteps"] = progress_.timesteps;
  line["progress"] = Progress();
  return metrics_->Write(line);
}

}  // namespace hod::engine
