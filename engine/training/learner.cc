#include "engine/training/learner.h"

#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/samples/recorded_play.h"
#include "engine/samples/replay_feed.h"
#include "engine/session/streams.h"
#include "engine/training/peers.h"
#include "engine/training/run_session.h"
#include "env/base/clock.h"
#include "env/base/parallel.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "models/training/trainer.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kMetricsInterval = absl::Seconds(2);
constexpr absl::Duration kPollInterval = absl::Seconds(1);

// Mean of the losses since the last line of metrics.
class LossMeter {
 public:
  void Add(const models::Losses& losses) {
    ++count_;
    for (const auto& [name, field] : kFields) sums_[name] += losses.*field;
  }
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
  const int learners = config.learner.learners;
  return {.capacity = (config.learner.window + learners - 1) / learners,
          .gamma = config.search.gamma,
          .mirror = config.learner.mirror,
          .permute_blocks = config.learner.permute_blocks};
}

models::TrainerConfig TrainerConfigOf(const RunConfig& run, models::Collective* peers) {
  const LearnerConfig& config = run.learner;
  models::TrainerConfig trainer;
  trainer.device = config.device;
  trainer.precision = config.precision;
  trainer.threads = ThreadsOf(run, AvailableThreads()).learner;
  trainer.weights = {
      .value = config.value_weight, .goal = config.goal_weight, .human = config.human_weight};
  trainer.optimizer = config.optimizer;
  trainer.ema_decay = config.ema_decay;
  trainer.max_gradient_norm = config.max_gradient_norm;
  trainer.peers = peers;
  return trainer;
}

// Makes gradient steps from samples of a window.
class BatchLearner {
 public:
  // All are borrowed.
  BatchLearner(const RunConfig& config, const ReplayWindow& window, RunSession& session,
               models::Trainer& trainer, int rank)
      : config_(config.learner),
        window_(window),
        session_(session),
        trainer_(trainer),
        batches_(Rng(config.seed).Fork(RunStream::kBatches + rank)) {}

  // The window has changed, and with it what the next step learns from.
  void DrawAnew() { next_.reset(); }

  // `timesteps` are in the windows of all learners.
  absl::Status Step(int64_t timesteps) {
    if (next_ == nullptr) {
      ASSIGN_OR_RETURN(next_, SampleFor(session_.steps()));
    }
    const std::unique_ptr<const Batch> batch = std::move(next_);
    // The next samples are made ready beside this step.
    ASSIGN_OR_RETURN(auto next, RunBeside([&] { return SampleFor(session_.steps() + 1); }));
    models::StepConfig step = {.learning_rate = session_.LearningRate()};
    // The published network did not play recorded games: its predictions are nothing to stay near.
    if (config_.samples == kSelfPlay) {
      step.goal_kl_weight = config_.goal_kl_weight * session_.Progress();
    }
    const absl::StatusOr<models::Losses> made = trainer_.Step(batch->examples, step);
    absl::StatusOr<std::unique_ptr<Batch>> sampled = next.get();
    ASSIGN_OR_RETURN(const models::Losses losses, made);
    ASSIGN_OR_RETURN(next_, std::move(sampled));
    session_.Made(1);
    meter_.Add(losses);
    if (MonotonicNow() < next_metrics_) return absl::OkStatus();
    next_metrics_ = MonotonicNow() + kMetricsInterval;
    nlohmann::json line = meter_.TakeMeans();
    line["window"] = timesteps;
    return session_.WriteMetrics(std::move(line));
  }

 private:
  // The samples of a step, ready to learn from. A stream of its own for every step: a learner that
  // was stopped goes on with the same samples.
  absl::StatusOr<std::unique_ptr<Batch>> SampleFor(int64_t step) const {
    Rng rng = batches_.Fork(step);
    auto batch = std::make_unique<Batch>(window_.Sample(config_.batch_size, rng));
    RETURN_IF_ERROR(trainer_.Prepare(batch->examples));
    return batch;
  }

  const LearnerConfig& config_;
  const ReplayWindow& window_;
  RunSession& session_;
  models::Trainer& trainer_;
  const Rng batches_;
  std::unique_ptr<Batch> next_;  // Samples of the next step; null: not drawn yet.
  LossMeter meter_;
  MonotonicTime next_metrics_;
};

// Learns from self-play as it comes.
absl::Status LearnFromSelfPlay(const RunDirectory& run, RunSession& session,
                               models::Trainer& trainer, Part part) {
  const LearnerConfig& config = run.config().learner;
  RunProgress& progress = session.progress();
  ReplayFeed feed(run.shards(), run.config().PlayedGame(), ReplayOptionsOf(run.config()),
                  progress.replay, part);
  BatchLearner learner(run.config(), feed.window(), session, trainer, part.rank);
  MonotonicTime next_poll;
  int64_t came = 0;  // Timesteps that the others don't know of.
  const auto poll = [&]() -> absl::Status {
    next_poll = MonotonicNow() + kPollInterval;
    ASSIGN_OR_RETURN(const int64_t timesteps, feed.Poll());
    came += timesteps;
    progress.replay = feed.position();
    if (timesteps > 0) learner.DrawAnew();
    return absl::OkStatus();
  };
  return session.Train(trainer, [&]() -> absl::Status {
    if (MonotonicNow() >= next_poll) RETURN_IF_ERROR(poll());
    // Whether a step is made follows from what all learners have, so that all make it or none.
    const int64_t window = feed.window().num_timesteps();
    double all[] = {static_cast<double>(std::exchange(came, 0)), static_cast<double>(window),
                    window == 0 ? 1.0 : 0.0};
    RETURN_IF_ERROR(session.Sum(absl::MakeSpan(all)));
    progress.timesteps += static_cast<int64_t>(all[0]);
    if (all[1] < static_cast<double>(config.start_timesteps) || all[2] > 0) return absl::OkStatus();
    // Learning waits for data: `passes` samples for every timestep that has come.
    const auto samples = static_cast<double>((session.steps() + 1) * config.StepSize());
    if (samples > config.passes * static_cast<double>(progress.timesteps)) return absl::OkStatus();
    return learner.Step(static_cast<int64_t>(all[1]));
  });
}

// Learns from what was recorded before until each timestep has been learnt from `passes` times, on
// average.
absl::Status LearnFromRecordedPlay(const RunDirectory& run, RunSession& session,
                                   models::Trainer& trainer, Part part) {
  const LearnerConfig& config = run.config().learner;
  ASSIGN_OR_RETURN(const ReplayWindow window,
                   ReadRecordedPlay(config.samples, run.config().PlayedGame(),
                                    ReplayOptionsOf(run.config()), part));
  double timesteps[] = {static_cast<double>(window.num_timesteps())};
  RETURN_IF_ERROR(session.Sum(absl::MakeSpan(timesteps)));
  session.progress().timesteps = static_cast<int64_t>(timesteps[0]);
  session.EndAfter(StepsOfRecordedPlay(config, session.progress().timesteps));
  BatchLearner learner(run.config(), window, session, trainer, part.rank);
  return session.Train(trainer, [&] { return learner.Step(session.progress().timesteps); });
}

}  // namespace

absl::Status RunLearner(const RunDirectory& run, const std::atomic<bool>& stop,
                        models::Collective* peers, const std::function<void(double)>& report) {
  const Part part = PartOf(peers);
  const LearnerConfig& config = run.config().learner;
  if (part.size != config.learners) {
    return absl::FailedPreconditionError(
        absl::StrCat(run.path(), ": learner.learners is ", config.learners,
                     ": each of them needs --rank and --meet, which hod train gives them"));
  }
  ASSIGN_OR_RETURN(auto session, RunSession::Open(run, stop, peers));
  session->ReportTo(report);
  ASSIGN_OR_RETURN(const std::unique_ptr<models::Trainer> trainer,
                   models::MakeTrainer(session->TakeState(), TrainerConfigOf(run.config(), peers)));
  const auto learn = config.samples == kSelfPlay ? LearnFromSelfPlay : LearnFromRecordedPlay;
  return learn(run, *session, *trainer, part);
}

}  // namespace hod::engine
