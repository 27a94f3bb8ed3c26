#include "engine/training/selfplay.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/play/batched_play.h"
#include "engine/play/episode_tally.h"
#include "engine/play/player_spec.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"
#include "engine/training/following_evaluator.h"
#include "engine/training/fragment_recorder.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "env/base/json_lines.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/game/roles.h"
#include "env/houses/sources/source.h"

namespace hod::engine {
namespace {

constexpr double kRateSeconds = 5;

// Fragments into shards of bounded length and age.
class ShardSink {
 public:
  ShardSink(const RunDirectory& run, int worker, int64_t next_sequence)
      : run_(run), worker_(worker), next_sequence_(next_sequence) {}

  absl::Status Append(const Fragment& fragment, int64_t checkpoint_step) {
    if (writer_ == nullptr) {
      const std::string path =
          absl::StrCat(run_.shards(), "/", ShardName({worker_, next_sequence_++}));
      ASSIGN_OR_RETURN(auto writer, ShardWriter::Create(path, run_.config().PlayedGame(),
                                                        {{"worker", worker_},
                                                         {"checkpoint_step", checkpoint_step}}));
      writer_ = std::move(writer);
      age_.Restart();
      timesteps_ = 0;
    }
    timesteps_ += static_cast<int64_t>(fragment.steps.size());
    RETURN_IF_ERROR(writer_->Append(fragment));
    const SelfPlayConfig& config = run_.config().selfplay;
    const bool full =
        timesteps_ >= config.shard_timesteps || age_.Seconds() >= config.shard_seconds;
    return full ? Finish() : absl::OkStatus();
  }

  absl::Status Finish() {
    if (writer_ == nullptr) return absl::OkStatus();
    return std::exchange(writer_, nullptr)->Finish();
  }

 private:
  const RunDirectory& run_;
  int worker_;
  int64_t next_sequence_;
  std::unique_ptr<ShardWriter> writer_;
  Stopwatch age_;
  int64_t timesteps_ = 0;
};

class Worker : public EpisodeStream {
 public:
  // `seconds_before`: how long the worker of this number has played before.
  Worker(const RunDirectory& run, int worker, int64_t next_sequence,
         std::unique_ptr<env::GoalSource> goals, std::vector<Seat> seats, JsonLinesWriter metrics,
         double seconds_before, std::string record_directory, const std::atomic<bool>& stop)
      : run_(run),
        worker_(worker),
        goals_(std::move(goals)),
        seats_(std::move(seats)),
        metrics_(std::move(metrics)),
        seconds_before_(seconds_before),
        record_directory_(std::move(record_directory)),
        stop_(stop),
        evaluator_(&run),
        sink_(run, worker, next_sequence),
        // A restarted worker plays other episodes than before.
        rng_(Rng(run.config().seed).Fork(worker).Fork(next_sequence)) {}

  absl::Status Run() {
    for (;;) {
      if (stop_) return absl::OkStatus();
      ASSIGN_OR_RETURN(bool ready, evaluator_.Refresh());
      if (ready) break;
      absl::SleepFor(absl::Milliseconds(100));
    }
    since_rate_.Restart();
    RETURN_IF_ERROR(
        PlayEpisodes(*this, &evaluator_,
                     {.concurrent = run_.config().selfplay.games,
                      .batch = run_.config().selfplay.batch,
                      .threads = ThreadsOf(run_.config(), AvailableThreads()).selfplay}));
    return sink_.Finish();
  }

  absl::StatusOr<std::unique_ptr<Episode>> Next() override {
    const uint64_t id = rng_();
    EpisodeSetup setup;
    setup.game = run_.config().PlayedGame();
    Rng goal_rng = Rng(id).Fork(0);
    setup.goal = goals_->Sample(goal_rng);
    setup.seats = seats_;
    const bool idle = Rng(id).Fork(2).Chance(run_.config().selfplay.idle_share);
    if (idle && run_.config().player == env::kAssistant) setup.seats.back() = idle_;
    setup.seed = Rng(id).Fork(1)();
    setup.global_timestep = evaluator_.timesteps();
    // Only the first episodes of a worker start anywhere in time.
    setup.game.randomize_first_episode_length &= first_episodes_-- > 0;
    if (!record_directory_.empty()) {
      setup.trace = absl::StrFormat("%s/w%03d-%016x.jsonl.gz", record_directory_, worker_, id);
    }
    setup.trace_seed = static_cast<int64_t>(id >> 1);
    ASSIGN_OR_RETURN(auto episode, Episode::Create(std::move(setup)));

    Fragment origin;
    origin.episode = id;
    origin.checkpoint_step = evaluator_.step();
    origin.global_timestep = evaluator_.timesteps();
    Observers observers;
    observers.tally = std::make_unique<EpisodeTally>(episode.get());
    observers.fragments = std::make_unique<FragmentRecorder>(
        episode.get(), std::move(origin),
        FragmentRecorder::Options{
            .length = static_cast<size_t>(run_.config().selfplay.fragment_length),
            .gamma = run_.config().search.gamma,
            .kept_share = run_.config().selfplay.kept_share},
        [this](Fragment fragment) {
          const std::lock_guard<std::mutex> lock(mutex_);  // Guards all that observers share.
          timesteps_ += static_cast<int64_t>(fragment.steps.size());
          timesteps_since_refresh_ += static_cast<int64_t>(fragment.steps.size());
          return sink_.Append(fragment, evaluator_.step());
        });
    episode->AddObserver(observers.tally.get());
    episode->AddObserver(observers.fragments.get());
    observers_[episode.get()] = std::move(observers);
    return episode;
  }

  absl::Status Finished(std::unique_ptr<Episode> episode) override {
    const Observers observers = std::move(observers_.extract(episode.get()).mapped());
    nlohmann::json line = ToJson(observers.tally->figures());
    line["goal"] = episode->goal_name();
    line["checkpoint_step"] = evaluator_.step();
    return WriteMetrics("episode", std::move(line));
  }

  absl::StatusOr<bool> Continue() override {
    RETURN_IF_ERROR(Refresh());
    if (IsFarAhead()) {  // The learner gets all there is, or both would wait for each other.
      const std::lock_guard<std::mutex> lock(mutex_);
      RETURN_IF_ERROR(sink_.Finish());
    }
    while (!stop_ && (IsFarAhead() || IsPaused())) {
      absl::SleepFor(absl::Milliseconds(20));
      RETURN_IF_ERROR(Refresh());
    }
    const double seconds = since_rate_.Seconds();
    if (seconds >= kRateSeconds) {
      RETURN_IF_ERROR(WriteMetrics(
          "rate",
          {{"timesteps_per_second", static_cast<double>(timesteps_) / seconds},
           {"evaluations_per_second",
            static_cast<double>(evaluator_.num_evaluations() - rate_evaluations_) / seconds}}));
      since_rate_.Restart();
      timesteps_ = 0;
      rate_evaluations_ = evaluator_.num_evaluations();
    }
    return !stop_;
  }

 private:
  struct Observers {
    std::unique_ptr<EpisodeTally> tally;
    std::unique_ptr<FragmentRecorder> fragments;
  };

  absl::Status Refresh() {
    const int64_t step = evaluator_.step();
    RETURN_IF_ERROR(evaluator_.Refresh().status());
    if (evaluator_.step() != step) timesteps_since_refresh_ = 0;
    return absl::OkStatus();
  }

  // Whether the learner, as far as its newest checkpoint tells, could not learn min_passes times
  // from all that has been played, with its next step. Other workers are taken to play as much as
  // this one.
  bool IsFarAhead() const {
    const LearnerConfig& learner = run_.config().learner;
    if (learner.min_passes == 0) return false;
    const int64_t played =
        evaluator_.timesteps() + timesteps_since_refresh_ * run_.config().selfplay.workers;
    const auto learnt = static_cast<double>((evaluator_.step() + 1) * learner.StepSize());
    return static_cast<double>(played - learner.start_timesteps) * learner.min_passes > learnt;
  }

  bool IsPaused() const {
    std::error_code ignored;
    return std::filesystem::exists(run_.pause_file(), ignored);
  }

  absl::Status WriteMetrics(const char* event, nlohmann::json line) {
    line["event"] = event;
    line["time"] = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
    line["seconds"] = seconds_before_ + watch_.Seconds();
    return metrics_.Write(line);
  }

  const RunDirectory& run_;
  const int worker_;
  std::unique_ptr<env::GoalSource> goals_;
  const std::vector<Seat> seats_;
  const PlayerFactory idle_ = *MakePlayerFactory("noop");
  JsonLinesWriter metrics_;
  const Stopwatch watch_;
  const double seconds_before_;
  const std::string record_directory_;
  const std::atomic<bool>& stop_;
  FollowingEvaluator evaluator_;
  ShardSink sink_;
  Rng rng_;
  int first_episodes_ = run_.config().selfplay.games;
  std::map<const Episode*, Observers> observers_;

  std::mutex mutex_;                     // Guards sink_ and both counts of timesteps.
  int64_t timesteps_since_refresh_ = 0;  // Since the newest checkpoint was found.

  // Since the last line of rates.
  Stopwatch since_rate_;
  int64_t timesteps_ = 0;
  int64_t rate_evaluations_ = 0;
};

// Who plays, by role.
absl::StatusOr<std::vector<Seat>> SeatsOf(const RunConfig& config) {
  std::vector<Seat> seats;
  if (config.player == env::kHuman) return std::vector<Seat>{SelfPlaySearches(config)};
  ASSIGN_OR_RETURN(seats.emplace_back(), MakePlayerFactory(config.human));
  if (config.assistant == kSearch) {
    seats.emplace_back(SelfPlaySearches(config));
  } else if (config.assistant == kBelief) {
    seats.emplace_back(BeliefPlay{config.selfplay.thresholds, config.selfplay.moves_per_belief});
  } else {
    ASSIGN_OR_RETURN(seats.emplace_back(), MakePlayerFactory(config.assistant));
  }
  return seats;
}

}  // namespace

absl::Status RunSelfPlay(const RunDirectory& run, int worker, const std::string& record_directory,
                         const std::atomic<bool>& stop) {
  const std::string role = WorkerRole(worker);
  ASSIGN_OR_RETURN(RoleLock lock, RoleLock::Take(run, role, stop));
  ASSIGN_OR_RETURN(int64_t sequence, NextSequence(run.shards(), worker));
  ASSIGN_OR_RETURN(auto goals,
                   env::MakeGoalSource(run.config().goals, run.config().game, run.config().seed));
  ASSIGN_OR_RETURN(std::vector<Seat> seats, SeatsOf(run.config()));
  const std::string metrics_path = absl::StrCat(run.metrics(), "/", role, ".jsonl");
  // Damaged metrics are no reason not to play.
  const auto before = ReadJsonLines(metrics_path);
  const bool has_before = before.ok() && !before->empty();
  const double seconds_before = has_before ? NumberAt(before->back(), "seconds") : 0;
  ASSIGN_OR_RETURN(auto metrics, JsonLinesWriter::Open(metrics_path));
  if (!record_directory.empty()) {
    RETURN_IF_ERROR(MakeDirectories(record_directory));
  }
  return Worker(run, worker, sequence, std::move(goals), std::move(seats), std::move(metrics),
                seconds_before, record_directory, stop)
      .Run();
}

}  // namespace hod::engine
