#include "engine/training/ppo.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/play/player_spec.h"
#include "engine/play/seat.h"
#include "engine/session/streams.h"
#include "engine/training/ppo_rollouts.h"
#include "engine/training/run_session.h"
#include "env/base/clock.h"
#include "env/base/parallel.h"
#include "env/base/progress.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "env/game/roles.h"
#include "env/houses/sources/source.h"
#include "models/backends/make_evaluator.h"
#include "models/training/ppo_trainer.h"

namespace hod::engine {
namespace {

models::PpoTrainerConfig TrainerConfigOf(const RunConfig& config) {
  models::PpoTrainerConfig ppo;
  ppo.clip = config.ppo.clip;
  ppo.target_kl = config.ppo.target_kl;
  ppo.value_weight = config.learner.value_weight;
  // A builder sees the goal.
  if (config.player == env::kAssistant) ppo.goal_weight = config.learner.goal_weight;
  ppo.max_gradient_norm = config.learner.max_gradient_norm;
  ppo.epochs = config.ppo.epochs;
  ppo.minibatch = config.learner.batch_size;
  if (config.learner.precision == models::PrecisionChoice::kFloat32) {
    ppo.precision = models::Precision::kFloat32;
  } else if (config.learner.precision == models::PrecisionChoice::kBfloat16) {
    ppo.precision = models::Precision::kBfloat16;
  }
  ppo.threads = NumThreads(config.selfplay.threads);  // It plays and learns in turns.
  return ppo;
}

class PpoLearner {
 public:
  PpoLearner(const RunConfig& config, RunSession& session, models::PpoTrainer& trainer,
             std::shared_ptr<const env::GoalSource> goals, PlayerFactory human,
             const std::atomic<bool>& stop)
      : config_(config),
        session_(session),
        trainer_(trainer),
        stop_(stop),
        // A restarted run plays other episodes than before.
        rng_(Rng(config_.seed).Fork(RunStream::kPpo).Fork(session.progress().timesteps)),
        rollouts_(config_, std::move(goals), std::move(human), rng_.Fork(PpoStream::kRollouts)()) {}

  absl::Status Run() {
    ProgressLine line("training");
    return session_.Train(trainer_, [&] { return Learn(line); });
  }

 private:
  absl::Status Learn(ProgressLine& line) {
    const Stopwatch watch;
    int64_t& timesteps = session_.progress().timesteps;
    ASSIGN_OR_RETURN(auto evaluator,
                     models::MakeNetworkEvaluator(trainer_.network(), config_.backend));
    ASSIGN_OR_RETURN(auto samples, rollouts_.Collect(*evaluator, timesteps, stop_));
    if (samples.empty()) return absl::OkStatus();

    const models::PpoUpdate update = {
        .learning_rate = session_.LearningRate(),
        .type_entropy = config_.ppo.type_entropy.At(timesteps),
        .location_entropy = config_.ppo.location_entropy.At(timesteps),
        .place_block_weight = config_.ppo.place_block_weight.At(timesteps),
        .shuffle = rng_.Fork(PpoStream::kShuffles + timesteps),
        .stop = &stop_};
    ASSIGN_OR_RETURN(models::PpoLosses losses, trainer_.Update(samples, update));
    session_.Made(losses.steps);
    timesteps += static_cast<int64_t>(samples.size());
    return Report(losses, static_cast<double>(samples.size()) / watch.Seconds(), line);
  }

  absl::Status Report(const models::PpoLosses& losses, double rate, ProgressLine& line) {
    nlohmann::json metrics = {{"timesteps_per_second", rate},
                              {"loss", losses.total},
                              {"policy_loss", losses.policy},
                              {"value_loss", losses.value},
                              {"type_entropy", losses.type_entropy},
                              {"location_entropy", losses.location_entropy},
                              {"kl", losses.kl},
                              {"goal_loss", losses.goal},
                              {"place_block_loss", losses.place_block},
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
      const auto figure = [&](auto member) {
        return mean([&](const EpisodeResult& e) { return static_cast<double>(e.figures.*member); });
      };
      last_percent_ = figure(&EpisodeFigures::goal_percent);
      metrics["goal_percent"] = last_percent_;
      metrics["episode_reward"] = mean([](const EpisodeResult& e) { return e.reward; });
      metrics["episode_length"] = figure(&EpisodeFigures::timesteps);
      metrics["completed"] = mean([](const EpisodeResult& e) { return e.complete ? 1.0 : 0.0; });
      if (config_.player == env::kAssistant) {
        metrics["human_actions"] = figure(&EpisodeFigures::human_actions);
        metrics["human_percent"] = figure(&EpisodeFigures::human_percent);
        metrics["assistant_actions"] = figure(&EpisodeFigures::assistant_actions);
        metrics["assistant_percent"] = figure(&EpisodeFigures::assistant_percent);
        metrics["assistant_wrong"] = figure(&EpisodeFigures::assistant_wrong);
      }
    }
    line.Update(session_.Progress(),
                absl::StrFormat("%.0f timesteps/s  step %d, reward %.3f a timestep, %.0f%% of the "
                                "goal",
                                rate, session_.steps(), rollouts_.MeanReward(), last_percent_));
    return session_.WriteMetrics(std::move(metrics));
  }

  const RunConfig& config_;
  RunSession& session_;
  models::PpoTrainer& trainer_;
  const std::atomic<bool>& stop_;
  const Rng rng_;
  PpoRollouts rollouts_;
  double last_percent_ = 0;  // Percent of the goal, in the episodes that ended last.
};

}  // namespace

absl::Status RunPpo(const RunDirectory& run, const std::atomic<bool>& stop) {
  if (run.config().learner.ema_decay > 0) {
    return absl::InvalidArgumentError(
        "learner.ema_decay: expected 0 with learner.algorithm = ppo, which plays with what it "
        "learns");
  }
  if (run.config().learner.device != models::Device::kCpu) {
    return absl::InvalidArgumentError(
        "learner.device: expected cpu with learner.algorithm = ppo, which learns on the processor");
  }
  ASSIGN_OR_RETURN(auto goals, env::MakeGoalSource(run.config().goals, run.config().PlayedGame(),
                                                   run.config().seed));
  PlayerFactory human;
  if (run.config().player == env::kAssistant) {
    ASSIGN_OR_RETURN(human, MakePlayerFactory(run.config().human));
  }
  ASSIGN_OR_RETURN(auto session, RunSession::Open(run, stop));
  ASSIGN_OR_RETURN(const std::unique_ptr<models::PpoTrainer> trainer,
                   models::MakePpoTrainer(session->TakeState(), TrainerConfigOf(run.config())));
  return PpoLearner(run.config(), *session, *trainer, std::move(goals), std::move(human), stop)
      .Run();
}

}  // namespace hod::engine
