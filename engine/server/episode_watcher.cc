#include "engine/server/episode_watcher.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/explain/explained_moment.h"
#include "engine/explain/explanation.h"
#include "engine/live/protocol.h"
#include "engine/play/playable_network.h"
#include "env/base/status.h"
#include "env/draw/episode_moments.h"
#include "env/draw/moment.h"
#include "env/game/roles.h"
#include "env/recordings/recorded_episode.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

using nlohmann::json;

// Long enough for an episode to be watched, where self-play records one every second.
constexpr absl::Duration kShownFor = absl::Minutes(1);
// For a message of less than 1.5 MB, whatever is recorded and believed.
constexpr int kMaxSteps = 5000;
constexpr int kMaxBeliefs = 60;
constexpr int kMaxBelievedVoxels = 45000;  // All beliefs together.

struct RecordedFile {
  std::string path;
  absl::Time written = absl::InfinitePast();
};

// The one written last; an evaluation's pair counts as the episode with the assistant.
RecordedFile NewestIn(const std::string& folder) {
  RecordedFile newest;
  std::error_code error;  // The folder is not there yet, or is just being removed.
  std::filesystem::directory_iterator entries(folder, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::string path = entries->path();
    struct stat info;
    if (!absl::EndsWith(path, ".jsonl.gz") || absl::EndsWith(path, "-alone.jsonl.gz") ||
        stat(path.c_str(), &info) != 0) {
      continue;
    }
    const absl::Time written = absl::TimeFromTimespec(info.st_mtim);
    if (written > newest.written || (written == newest.written && path > newest.path)) {
      newest = {std::move(path), written};
    }
  }
  return newest;
}

// What the newest network of a run believes in moments of an episode.
class Beliefs {
 public:
  // Has none if the run or the episode is not an assistant's.
  static absl::StatusOr<Beliefs> Of(const RunDirectory& run, const env::RecordedEpisode& episode) {
    Beliefs beliefs;
    const absl::StatusOr<ExplainedMoment> start = MomentAt(episode, 0);
    if (run.config().player != env::kAssistant || !start.ok()) return beliefs;
    ASSIGN_OR_RETURN(const auto checkpoint, run.LatestCheckpoint());
    if (!checkpoint) return beliefs;
    ASSIGN_OR_RETURN(const models::LoadedNetwork network,
                     models::OpenHodNetwork(checkpoint->second));
    // On the processor: this machine need not be one that trains.
    ASSIGN_OR_RETURN(const PlayableNetwork playable, MakePlayable(network));
    RETURN_IF_ERROR(playable.Check(episode.game, start->assistant));
    beliefs.moment_ = std::make_unique<ExplainedMoment>(*start);
    beliefs.evaluator_ = playable.evaluator;
    return beliefs;
  }

  bool any() const { return moment_ != nullptr; }

  absl::StatusOr<json> In(const env::Moment& moment) {
    moment_->moment = moment;
    const env::Game& game = moment_->game;
    const mcts::Position position = {&game, &moment_->moment.state, moment_->assistant};
    mcts::Evaluation evaluation;
    RETURN_IF_ERROR(evaluator_->Evaluate({&position, 1}, {&evaluation, 1}));
    return BeliefJson(game.size(), moment.state, BeliefOf(*moment_, evaluation.goal_logits));
  }

 private:
  std::unique_ptr<ExplainedMoment> moment_;
  std::shared_ptr<mcts::Evaluator> evaluator_;
};

json FeetOf(const env::State& state) {
  json feet = json::array();
  for (const env::PlayerState& player : state.players) feet.push_back(CellJson(player.feet));
  return feet;
}

// Each voxel that differs, with the player who touched it last (-1: nobody).
json ChangesOf(const env::WorldSize& size, const env::State& before, const env::State& after) {
  json changes = json::array();
  for (size_t at = 0; at < after.blocks.size(); ++at) {
    if (after.blocks[at] == before.blocks[at]) continue;
    changes.push_back(json::array(
        {CellJson(size.At(static_cast<int>(at))), after.blocks[at], after.last_interacted[at]}));
  }
  return changes;
}

absl::StatusOr<json> EpisodeJson(const RunDirectory& run, const RecordedFile& file) {
  ASSIGN_OR_RETURN(const env::RecordedEpisode episode, env::ReadEpisode(file.path, 0));
  absl::StatusOr<Beliefs> beliefs = Beliefs::Of(run, episode);
  RETURN_IF_ERROR(beliefs.status());
  const env::Game& game = episode.game;
  const env::WorldSize& size = game.size();
  const int length = static_cast<int>(episode.steps.size());
  const int shown = std::min(length, kMaxSteps);
  const int num_beliefs = std::clamp(kMaxBelievedVoxels / size.Volume(), 1, kMaxBeliefs);
  const int every = std::max((shown + num_beliefs - 1) / num_beliefs, 1);

  const std::vector<int> order = env::PlayersInOrder(game);
  std::vector<std::string> roles(order.size());
  for (size_t place = 0; place < order.size(); ++place) {
    roles[order[place]] = env::PlayerName(static_cast<int>(place));
  }

  json steps = json::array();
  env::State before = episode.start;
  absl::Status status;
  env::ForEachMoment(episode, {0, shown, 1}, [&](int t, const env::Moment& moment) {
    if (t == 0) return;
    const env::State& state = moment.state;
    const double percent = 100 * game.GoalPercentage(state, order.front());
    json step = {{"changes", ChangesOf(size, before, state)},
                 {"feet", FeetOf(state)},
                 {"goal_percent", std::round(10 * percent) / 10}};
    if (beliefs->any() && status.ok() && (t - 1) % every == 0) {
      absl::StatusOr<json> belief = beliefs->In(moment);
      status = belief.status();
      if (belief.ok()) step["belief"] = *std::move(belief);
    }
    steps.push_back(std::move(step));
    before = state;
  });
  RETURN_IF_ERROR(status);
  std::string title = absl::StrCat(
      file.path, ", ", absl::FormatTime("%Y-%m-%d %H:%M:%S", file.written, absl::LocalTimeZone()));
  if (shown < length) absl::StrAppend(&title, ", steps 1 to ", shown, " of ", length);
  return json{{"title", title},
              {"size", {size.w, size.h, size.d}},
              {"blocks", Base64OfBlocks(episode.start.blocks)},
              {"blueprint", Base64OfBlocks(game.goal())},
              {"feet", FeetOf(episode.start)},
              {"roles", roles},
              {"steps", std::move(steps)}};
}

}  // namespace

absl::Status EpisodeWatcher::Poll() {
  if (MonotonicNow() < next_poll_) return status_;
  const RecordedFile newest = NewestIn(folder_);
  if (newest.written <= recorded_) return status_;
  recorded_ = newest.written;
  next_poll_ = MonotonicNow() + kShownFor;
  absl::StatusOr<json> episode = EpisodeJson(run_, newest);
  status_ = episode.status();
  if (episode.ok()) episode_ = *std::move(episode);
  return status_;
}

}  // namespace hod::engine
