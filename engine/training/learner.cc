#include "engine/training/learner.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/samples/replay.h"
#include "engine/samples/shard_follower.h"
#include "engine/training/learner_start.h"
#include "env/base/json_lines.h"
#include "env/base/status.h"
#include "models/checkpoints/checkpoint.h"
#include "models/training/trainer.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kMetricsInterval = absl::Seconds(2);
constexpr absl::Duration kPollInterval = absl::Seconds(1);
constexpr absl::Duration kIdle = absl::Milliseconds(100);

// Mean of the losses since the last line of metrics.
class LossMeter {
 public:
  void Add(const models::Losses& losses) {
    ++count_;
    for (const auto& [name, field] : kFields) sums_[name] += losses.*field;
  }
  int count() const { return count_; }
  nlohmann::json TakeMeans() {
    nlohmann::json means;
    for (const auto& [name, field] : kFields) means[name] = sums_[name] / count_;
    sums_.clear();
    count_ = 0;
    return means;
  }

 private:
  static constexpr std::pair<const char*, double models::Losses::*> kFields[] = {
      {"loss", &models::Losses::total},
      {"policy_loss", &models::Losses::policy},
      {"value_loss", &models::Losses::value},
      {"goal_loss", &models::Losses::goal},
      {"goal_kl", &models::Losses::goal_kl},
      {"human_loss", &models::Losses::human},
      {"goal_recall", &models::Losses::goal_recall},
      {"goal_precision", &models::Losses::goal_precision},
      {"human_cross_entropy", &models::Losses::human_cross_entropy},
      {"human_accuracy", &models::Losses::human_accuracy},
      {"policy_entropy", &models::Losses::policy_entropy},
      {"gradient_norm", &models::Losses::gradient_norm}};
  std::map<std::string, double> sums_;
  int count_ = 0;
};

ReplayOptions ReplayOptionsOf(const RunConfig& config) {
  return {.capacity = config.learner.window,
          .gamma = config.search.gamma,
          .mirror = config.learner.mirror,
          .permute_blocks = config.learner.permute_blocks};
}

models::TrainerConfig TrainerConfigOf(const LearnerConfig& config) {
  models::TrainerConfig trainer;
  trainer.weights = {
      .value = config.value_weight, .goal = config.goal_weight, .human = config.human_weight};
  trainer.ema_decay = config.ema_decay;
  trainer.max_gradient_norm = config.max_gradient_norm;
  return trainer;
}

class Learner {
 public:
  Learner(const RunDirectory& run, models::TrainerState state, RunProgress progress,
          JsonLinesWriter metrics, const std::atomic<bool>& stop)
      : run_(run),
        config_(run.config().learner),
        trainer_(state, TrainerConfigOf(config_)),
        steps_(state.steps),
        progress_(std::move(progress)),
        metrics_(std::move(metrics)),
        stop_(stop),
        follower_(run.shards(), run.config().PlayedGame()),
        replay_(run.config().PlayedGame(), ReplayOptionsOf(run.config())),
        sampling_(Rng(run.config().seed).Fork(1000000)),
        seconds_before_(progress_.seconds) {}

  absl::Status Run() {
    began_ = last_checkpoint_ = absl::Now();
    RETURN_IF_ERROR(Refill());
    while (!stop_ && Progress() < 1) {
      RETURN_IF_ERROR(Poll());
      if (!MayStep()) {
        absl::SleepFor(kIdle);
      } else if (absl::Status status = Step(); !status.ok()) {
        return status;
      }
      if (absl::Now() - last_checkpoint_ >= absl::Seconds(config_.checkpoint_seconds)) {
        RETURN_IF_ERROR(Checkpoint());
      }
    }
    return Checkpoint();
  }

 private:
  // The window as the newest shards give it. At a restart they have been counted before, but for
  // those that came since the checkpoint.
  absl::Status Refill() {
    ASSIGN_OR_RETURN(NewShards shards, follower_.PollNewest(config_.window));
    Take(shards);
    progress_.timesteps = std::max(progress_.timesteps, replay_.num_added());
    return absl::OkStatus();
  }

  absl::Status Poll() {
    if (absl::Now() < next_poll_) return absl::OkStatus();
    next_poll_ = absl::Now() + kPollInterval;
    ASSIGN_OR_RETURN(NewShards shards, follower_.Poll());
    const int64_t before = replay_.num_added();
    Take(shards);
    progress_.timesteps += replay_.num_added() - before;
    return absl::OkStatus();
  }

  void Take(NewShards& shards) {
    for (const absl::Status& refused : shards.refused) {
      spdlog::error("skipped a shard: {}", std::string(refused.message()));
    }
    for (Shard& shard : shards.shards) {
      for (Fragment& fragment : shard.fragments) replay_.Add(std::move(fragment));
    }
  }

  // Learning waits for data: `passes` samples for every timestep that has come.
  bool MayStep() const {
    if (replay_.num_timesteps() < config_.start_timesteps) return false;
    const auto samples = static_cast<double>((steps_ + 1) * config_.batch_size);
    return samples <= config_.passes * static_cast<double>(progress_.timesteps);
  }

  absl::Status Step() {
    // A stream of its own for every step: a learner that was stopped goes on with the same samples.
    Rng rng = sampling_.Fork(steps_);
    const Batch batch = replay_.Sample(config_.batch_size, rng);
    const models::StepConfig step = {.learning_rate = LearningRateAt(config_, Progress()),
                                     .goal_kl_weight = config_.goal_kl_weight * Progress()};
    ASSIGN_OR_RETURN(models::Losses losses, trainer_.Step(batch.examples, step));
    ++steps_;
    meter_.Add(losses);
    if (absl::Now() < next_metrics_) return absl::OkStatus();
    next_metrics_ = absl::Now() + kMetricsInterval;
    return WriteMetrics();
  }

  absl::Status WriteMetrics() {
    nlohmann::json line = meter_.TakeMeans();
    line["time"] = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
    line["seconds"] = Seconds();
    line["step"] = steps_;
    line["timesteps"] = progress_.timesteps;
    line["window"] = replay_.num_timesteps();
    line["progress"] = Progress();
    return metrics_.Write(line);
  }

  absl::Status Checkpoint() {
    last_checkpoint_ = absl::Now();
    progress_.seconds = Seconds();
    trainer_.MarkPublished();
    return models::SaveCheckpoint(run_.CheckpointPath(steps_),
                                  {trainer_.state(), progress_.ToJson()});
  }

  double Seconds() const { return seconds_before_ + absl::ToDoubleSeconds(absl::Now() - began_); }
  double Progress() const { return ProgressOf(config_, steps_, Seconds()); }

  const RunDirectory& run_;
  const LearnerConfig& config_;
  models::Trainer trainer_;
  int64_t steps_;
  RunProgress progress_;
  JsonLinesWriter metrics_;
  const std::atomic<bool>& stop_;
  ShardFollower follower_;
  ReplayWindow replay_;
  const Rng sampling_;
  LossMeter meter_;

  const double seconds_before_;  // Spent by earlier processes.
  absl::Time began_, last_checkpoint_;
  absl::Time next_poll_ = absl::InfinitePast(), next_metrics_ = absl::InfinitePast();
};

}  // namespace

absl::Status RunLearner(const RunDirectory& run, const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(RoleLock lock, RoleLock::Take(run, "learner"));
  ASSIGN_OR_RETURN(LearnerStart start, StartOrResume(run));
  ASSIGN_OR_RETURN(auto metrics, JsonLinesWriter::Open(run.metrics() + "/learner.jsonl"));
  return Learner(run, std::move(start.state), std::move(start.progress), std::move(metrics), stop)
      .Run();
}

}  // namespace hod::engine
