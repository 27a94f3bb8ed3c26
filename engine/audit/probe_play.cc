#include "engine/audit/probe_play.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/audit/persona_play.h"
#include "engine/evaluation/assistant.h"
#include "engine/play/batched_play.h"
#include "engine/play/episode_tally.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/players/demonstrator.h"

namespace hod::engine {
namespace {

// Counts the right blocks of others that the assistant breaks.
class HarmTally : public EpisodeObserver {
 public:
  explicit HarmTally(const env::Game* game) : game_(*game) {}

  absl::Status BeforeMove(const env::State& state) override {
    before_ = state;
    return absl::OkStatus();
  }
  absl::Status AfterMove(const Move& move, const env::State&) override {
    if (move.actions.size() <= env::kAssistant) return absl::OkStatus();
    const env::Action& done = move.outcome.players[env::kAssistant].effective_action;
    broken_ += done.type == env::ActionType::kBreak &&
               env::IsRightBlockOfOthers(game_, before_, env::kAssistant, done.location);
    return absl::OkStatus();
  }

  int broken() const { return broken_; }

 private:
  const env::Game& game_;
  env::State before_;
  int broken_ = 0;
};

class ProbeStream : public EpisodeStream {
 public:
  ProbeStream(const Audit& audit, const Probe& probe, Seat assistant, uint64_t seed,
              const std::atomic<bool>& stop)
      : audit_(audit),
        probe_(probe),
        scene_(SceneOf(audit, probe)),
        assistant_(std::move(assistant)),
        seed_(seed),
        stop_(stop) {}

  absl::StatusOr<std::unique_ptr<Episode>> Next() override {
    if (next_ == 2 * probe_.episodes) return nullptr;
    const bool assisted = next_ % 2 == 1;
    const int house = next_++ / 2;
    ASSIGN_OR_RETURN(EpisodeSetup setup, SetUpEpisode(audit_, scene_, Rng(seed_).Fork(house)()));
    if (assisted) {
      setup.seats[env::kAssistant] = assistant_;
    } else {
      setup.seats.resize(env::kAssistant);
    }
    ASSIGN_OR_RETURN(auto episode, Episode::Create(std::move(setup)));
    Watched& watched = watched_[episode.get()];
    watched.assisted = assisted;
    watched.tally = std::make_unique<EpisodeTally>(episode.get());
    watched.harm = std::make_unique<HarmTally>(&episode->game());
    episode->AddObserver(watched.tally.get());
    episode->AddObserver(watched.harm.get());
    return episode;
  }

  absl::Status Finished(std::unique_ptr<Episode> episode) override {
    const Watched watched = std::move(watched_.extract(episode.get()).mapped());
    const EpisodeFigures& figures = watched.tally->figures();
    if (watched.assisted) {
      sums_.broken += watched.harm->broken();
      sums_.extra_actions += figures.human_actions;
      sums_.goal_percent += figures.goal_percent;
    } else {
      sums_.extra_actions -= figures.human_actions;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Continue() override { return !stop_; }

  PlayFigures Means() const {
    PlayFigures means = sums_;
    for (const PlayFigure& figure : kPlayFigures) means.*figure.value /= probe_.episodes;
    return means;
  }

 private:
  struct Watched {
    bool assisted;
    std::unique_ptr<EpisodeTally> tally;
    std::unique_ptr<HarmTally> harm;
  };

  const Audit& audit_;
  const Probe& probe_;
  const Scene scene_;
  const Seat assistant_;
  const uint64_t seed_;
  const std::atomic<bool>& stop_;
  std::map<const Episode*, Watched> watched_;
  PlayFigures sums_;
  int next_ = 0;
};

}  // namespace

absl::StatusOr<PlayFigures> PlayProbe(const Audit& audit, const Probe& probe,
                                      const AuditedPlayer& player, const std::string& checkpoint,
                                      uint64_t seed, const std::atomic<bool>& stop) {
  const bool carries_out_belief = player.plays == AuditedPlayer::Plays::kBelief;
  ASSIGN_OR_RETURN(
      const Assistant assistant,
      OpenAssistant(absl::StrCat(carries_out_belief ? kBeliefPrefix : "", checkpoint)));
  ASSIGN_OR_RETURN(RunConfig config, ConfigOf(assistant));
  config.game = audit.config.game;
  for (const std::string& assignment : player.overrides) {
    RETURN_IF_ERROR(Annotate(Override(config, assignment), player.name));
  }
  ASSIGN_OR_RETURN(const SeatedAssistant seated, SeatAssistant(config, assistant));
  ProbeStream stream(audit, probe, *seated.seat, seed, stop);
  const int threads = AvailableThreads();
  RETURN_IF_ERROR(
      PlayEpisodes(stream, seated.evaluator.get(),
                   {.concurrent = std::max(16, 2 * threads * 8), .batch = 8, .threads = threads}));
  if (stop) return absl::CancelledError("stopped; the same command goes on");
  return stream.Means();
}

}  // namespace hod::engine
