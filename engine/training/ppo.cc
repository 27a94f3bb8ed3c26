#include "engine/training/ppo.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/training/learner_start.h"
#include "engine/training/ppo_rollouts.h"
#include "env/base/json_lines.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"
#include "models/backends/network_evaluator.h"
#include "models/checkpoints/checkpoint.h"
#include "models/training/ppo_trainer.h"

namespace hod::engine {
namespace {

models::PpoTrainerConfig TrainerConfigOf(const RunConfig& config) {
  models::PpoTrainerConfig ppo;
  ppo.clip = config.ppo.clip;
  ppo.target_kl = config.ppo.target_kl;
  ppo.value_weight = config.learner.value_weight;
  ppo.max_gradient_norm = config.learner.max_gradient_norm;
  ppo.epochs = config.ppo.epochs;
  ppo.minibatch = config.learner.batch_size;
  ppo.threads = config.selfplay.threads;
  return ppo;
}

class PpoLearner {
 public:
  PpoLearner(const RunDirectory& run, const models::TrainerState& state, RunProgress progress,
             JsonLinesWriter metrics, std::shared_ptr<const env::GoalSource> goals,
             const std::atomic<bool>& stop)
      : run_(run),
        config_(run.config()),
        trainer_(state, TrainerConfigOf(config_)),
        steps_(state.steps),
        progress_(std::move(progress)),
        metrics_(std::move(metrics)),
        stop_(stop),
        // A restarted run plays other episodes than before.
        rng_(Rng(config_.seed).Fork(3000000).Fork(progress_.timesteps)),
        rollouts_(config_, std::move(goals), rng_.Fork(0)()),
        seconds_before_(progress_.seconds) {}

  absl::Status Run() {
    began_ = last_checkpoint_ = absl::Now();
    ProgressLine line("training");
    while (!stop_ && Progress() < 1) {
      RETURN_IF_ERROR(Iterate(line));
      if (absl::Now() - last_checkpoint_ >= absl::Seconds(config_.learner.checkpoint_seconds)) {
        RETURN_IF_ERROR(Checkpoint());
      }
    }
    return Checkpoint();
  }

 private:
  absl::Status Iterate(ProgressLine& line) {
    const absl::Time began = absl::Now();
    ASSIGN_OR_RETURN(auto evaluator,
                     models::NetworkEvaluator::Create(trainer_.network(), config_.backend));
    ASSIGN_OR_RETURN(auto samples, rollouts_.Collect(*evaluator, progress_.timesteps, stop_));
    if (samples.empty()) return absl::OkStatus();

    const models::PpoUpdate update = {
        .learning_rate = LearningRateAt(config_.learner, Progress()),
        .type_entropy = config_.ppo.type_entropy.At(progress_.timesteps),
        .location_entropy = config_.ppo.location_entropy.At(progress_.timesteps),
        .shuffle = rng_.Fork(1 + progress_.timesteps),
        .stop = &stop_};
    ASSIGN_OR_RETURN(models::PpoLosses losses, trainer_.Update(samples, update));
    steps_ += losses.steps;
    progress_.timesteps += static_cast<int64_t>(samples.size());
    const double rate =
        static_cast<double>(samples.size()) / absl::ToDoubleSeconds(absl::Now() - began);
    return Report(losses, samples, rate, line);
  }

  absl::Status Report(const models::PpoLosses& losses,
                      const std::vector<models::PpoSample>& samples, double rate,
                      ProgressLine& line) {
    nlohmann::json metrics = {{"time", absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch())},
                              {"seconds", Seconds()},
                              {"step", steps_},
                              {"timesteps", progress_.timesteps},
                              {"timesteps_per_second", rate},
                              {"progress", Progress()},
                              {"loss", losses.total},
                              {"policy_loss", losses.policy},
                              {"value_loss", losses.value},
                              {"type_entropy", losses.type_entropy},
                              {"location_entropy", losses.location_entropy},
                              {"kl", losses.kl},
                              {"clip_fraction", losses.clip_fraction},
                              {"gradient_norm", losses.gradient_norm},
                              {"update_steps", losses.steps},
                              {"reward_per_timestep", rollouts_.MeanReward()}};
    const std::vector<EpisodeResult> episodes = rollouts_.TakeEpisodes();
    metrics["episodes"] = episodes.size();
    if (!episodes.empty()) {  // Else there is nothing to say about them.
      const auto mean = [&](auto value) {
        double sum = 0;
        for (const EpisodeResult& episode : episodes) sum += value(episode);
        return sum / static_cast<double>(episodes.size());
      };
      last_percent_ = mean([](const EpisodeResult& e) { return e.goal_percent; });
      metrics["goal_percent"] = last_percent_;
      metrics["episode_reward"] = mean([](const EpisodeResult& e) { return e.reward; });
      metrics["episode_length"] = mean([](const EpisodeResult& e) { return e.length; });
      metrics["completed"] = mean([](const EpisodeResult& e) { return e.complete ? 1.0 : 0.0; });
    }
    line.Update(Progress(),
                absl::StrFormat("%.0f timesteps/s  step %d, reward %.3f a timestep, %.0f%% of the "
                                "goal",
                                rate, steps_, rollouts_.MeanReward(), last_percent_));
    return metrics_.Write(metrics);
  }

  absl::Status Checkpoint() {
    last_checkpoint_ = absl::Now();
    progress_.seconds = Seconds();
    return models::SaveCheckpoint(run_.CheckpointPath(steps_),
                                  {trainer_.state(), progress_.ToJson()});
  }

  double Seconds() const { return seconds_before_ + absl::ToDoubleSeconds(absl::Now() - began_); }
  double Progress() const { return ProgressOf(config_.learner, steps_, Seconds()); }

  const RunDirectory& run_;
  const RunConfig& config_;
  models::PpoTrainer trainer_;
  int64_t steps_;
  RunProgress progress_;
  JsonLinesWriter metrics_;
  const std::atomic<bool>& stop_;
  const Rng rng_;
  PpoRollouts rollouts_;
  double last_percent_ = 0;  // Of the goal, in the episodes that ended last.

  const double seconds_before_;  // Spent by earlier processes.
  absl::Time began_, last_checkpoint_;
};

}  // namespace

absl::Status RunPpo(const RunDirectory& run, const std::atomic<bool>& stop) {
  if (run.config().learner.ema_decay > 0) {
    return absl::InvalidArgumentError(
        "learner.ema_decay: expected 0 with learner.algorithm = ppo, which plays with what it "
        "learns");
  }
  ASSIGN_OR_RETURN(RoleLock lock, RoleLock::Take(run, "learner"));
  ASSIGN_OR_RETURN(LearnerStart start, StartOrResume(run));
  ASSIGN_OR_RETURN(auto goals, env::MakeGoalSource(run.config().goals, run.config().PlayedGame(),
                                                   run.config().seed));
  ASSIGN_OR_RETURN(auto metrics, JsonLinesWriter::Open(run.metrics() + "/learner.jsonl"));
  return PpoLearner(run, start.state, std::move(start.progress), std::move(metrics),
                    std::move(goals), stop)
      .Run();
}

}  // namespace hod::engine
