#include "engine/behaviour/watched_building.h"

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/behaviour/episode_behaviour.h"
#include "engine/play/batched_play.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "env/base/progress.h"
#include "env/base/status.h"
#include "env/game/roles.h"
#include "env/recordings/human_recording.h"

namespace hod::engine {
namespace {

// What a run has played so far, of all threads. An episode is taken to last to the horizon until it
// is over.
class BuildingProgress {
 public:
  BuildingProgress(int episodes, int horizon)
      : episodes_(episodes), horizon_(horizon), line_("building") {}

  void AddRow() {
    const std::lock_guard lock(mutex_);
    ++rows_;
    Print();
  }
  void AddFinished(int rows) {
    const std::lock_guard lock(mutex_);
    ++finished_;
    saved_ += horizon_ - rows;
    Print();
  }

 private:
  void Print() {
    const double all = static_cast<double>(episodes_) * horizon_;
    line_.Update(static_cast<double>(rows_ + saved_) / all,
                 absl::StrFormat("%d of %d houses, %.0f rows/s", finished_, episodes_,
                                 static_cast<double>(rows_) / watch_.Seconds()));
  }

  const int episodes_, horizon_;
  const Stopwatch watch_;
  std::mutex mutex_;
  ProgressLine line_;
  int finished_ = 0;
  int64_t rows_ = 0, saved_ = 0;
};

// Feeds the human's part of an episode to the statistics.
class BuildingObserver : public EpisodeObserver {
 public:
  BuildingObserver(const Episode& episode, BuildingProgress* progress)
      : recorder_(env::kHuman, &episode.game(), episode.state()), progress_(progress) {}

  absl::Status BeforeMove(const env::State& state) override {
    before_ = state;
    return absl::OkStatus();
  }
  absl::Status AfterMove(const Move& move, const env::State&) override {
    recorder_.Record(before_, move.actions[env::kHuman],
                     move.outcome.players[env::kHuman].effective_action);
    progress_->AddRow();
    const MonotonicTime now = MonotonicNow();
    if (last_row_) {
      time_ += now - *last_row_;
      ++timed_rows_;
    }
    last_row_ = now;
    return absl::OkStatus();
  }

  BehaviourRecorder& recorder() { return recorder_; }
  absl::Duration time() const { return time_; }
  int timed_rows() const { return timed_rows_; }

 private:
  BehaviourRecorder recorder_;
  BuildingProgress* progress_;
  env::State before_;
  // The first row's is not known: an episode waits for a thread.
  std::optional<MonotonicTime> last_row_;
  absl::Duration time_;
  int timed_rows_ = 0;
};

class BuildingStream : public EpisodeStream {
 public:
  explicit BuildingStream(const BuildingSetup& setup)
      : setup_(setup), houses_(setup.episodes), progress_(setup.episodes, setup.game.horizon) {}

  absl::StatusOr<std::unique_ptr<Episode>> Next() override {
    if (next_ == setup_.episodes) return nullptr;
    const int number = next_++;
    EpisodeSetup setup;
    setup.game = setup_.game;
    setup.goal = setup_.goals->Get(number);
    setup.seats = {setup_.human};
    setup.seed = Rng(setup_.seed).Fork(number)();
    if (!setup_.record_directory.empty()) {
      setup.trace = absl::StrFormat("%s/house-%03d.jsonl.gz", setup_.record_directory, number);
    }
    setup.trace_seed = number;
    ASSIGN_OR_RETURN(auto episode, Episode::Create(std::move(setup)));
    auto observer = std::make_unique<BuildingObserver>(*episode, &progress_);
    episode->AddObserver(observer.get());
    watched_[episode.get()] = {number, std::move(observer)};
    return episode;
  }

  absl::Status Finished(std::unique_ptr<Episode> episode) override {
    const Watched watched = std::move(watched_.extract(episode.get()).mapped());
    ObservedHouse& house = houses_[watched.number];
    house.name = episode->goal_name();
    house.behaviour = watched.observer->recorder().Finish(episode->state());
    progress_.AddFinished(house.behaviour.rows);
    time_ += watched.observer->time();
    timed_rows_ += watched.observer->timed_rows();
    return absl::OkStatus();
  }

  std::vector<ObservedHouse> TakeHouses() { return std::move(houses_); }
  double milliseconds_per_row() const {
    return timed_rows_ == 0 ? 0 : absl::ToDoubleMilliseconds(time_) / timed_rows_;
  }

 private:
  struct Watched {
    int number;
    std::unique_ptr<BuildingObserver> observer;
  };

  const BuildingSetup& setup_;
  std::map<const Episode*, Watched> watched_;
  std::vector<ObservedHouse> houses_;
  BuildingProgress progress_;
  int next_ = 0;
  absl::Duration time_;
  int64_t timed_rows_ = 0;
};

// The rows of one episode of people.
absl::StatusOr<ObservedHouse> ReadHouse(env::HumanRecordingReader& reader) {
  const env::HumanEpisode& episode = reader.episode();
  if (episode.timeline != env::RecordingKind::kAlone &&
      episode.timeline != env::RecordingKind::kView) {
    return absl::InvalidArgumentError(
        reader.AtLine("expected a recording of one player with its waits: of somebody alone, or of "
                      "one player's view; not all players' merged, nor a tutorial"));
  }
  const int player = episode.viewer;
  Rng unused;  // Recordings start where they say.
  const env::State untouched = episode.game.Reset(unused);
  BehaviourRecorder recorder(player, &episode.game, untouched);
  env::State after;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, reader.NextRow());
    if (!more) break;
    const env::HumanRow& row = reader.row();
    const env::Action& action = *row.actions[player];
    recorder.Record(row.state, action, action);
    after = row.state;
    episode.game.Step(after, row.KnownActions());
  }
  return ObservedHouse{episode.name, recorder.Finish(after)};
}

}  // namespace

absl::StatusOr<WatchedHouses> PlayHouses(const BuildingSetup& setup) {
  if (!setup.record_directory.empty()) {
    RETURN_IF_ERROR(MakeDirectories(setup.record_directory));
  }
  const Stopwatch watch;
  BuildingStream stream(setup);
  // An episode alone is played to its end at once: with several a thread, few threads wait for the
  // longest of a group.
  const int together = 8 * setup.threads;
  RETURN_IF_ERROR(
      PlayEpisodes(stream, /*evaluator=*/nullptr,
                   {.concurrent = together, .batch = together, .threads = setup.threads}));
  return WatchedHouses{stream.TakeHouses(), watch.Seconds(), stream.milliseconds_per_row()};
}

absl::StatusOr<std::vector<ObservedHouse>> ReadHouses(const std::vector<std::string>& paths) {
  std::vector<ObservedHouse> houses;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(env::HumanRecordingReader reader, env::HumanRecordingReader::Open(path));
    for (;;) {
      ASSIGN_OR_RETURN(const bool more, reader.NextEpisode());
      if (!more) break;
      ASSIGN_OR_RETURN(ObservedHouse house, ReadHouse(reader));
      houses.push_back(std::move(house));
    }
  }
  if (houses.empty()) return absl::InvalidArgumentError("no episodes in the recordings");
  return houses;
}

}  // namespace hod::engine
