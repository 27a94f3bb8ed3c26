#include "engine/samples/human_fragments.h"

#include <xxhash.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/samples/examples.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"
#include "env/traces/human_recording.h"

namespace hod::engine {
namespace {

// Longer than any recording: one shard has one.
constexpr int kHorizon = 100000;

// The game as networks see it, with the idle assistant where a person was alone.
env::GameConfig GameConfigOf(const env::HumanEpisode& episode) {
  env::GameConfig config = episode.game.config();
  config.horizon = kHorizon;
  if (config.num_players() == 1) {
    config.players.emplace_back().goal_visible = false;
    config.players.back().is_human = true;  // In nobody's way.
  }
  return config;
}

// A voxel above a corner of the world that stays free.
env::Cell IdleFeet(const env::Game& game) {
  const env::WorldSize& size = game.size();
  for (const env::Cell cell : {env::Cell{0, size.h - 2, 0}, env::Cell{0, size.h - 2, size.d - 1},
                               env::Cell{size.w - 1, size.h - 2, 0}}) {
    if (game.goal()[size.Index(cell)] == env::kAir &&
        game.goal()[size.Index(cell + env::Cell{0, 1, 0})] == env::kAir) {
      return cell;
    }
  }
  return {size.w - 1, size.h - 2, size.d - 1};
}

// What a row observed, in the game as networks see it.
env::State StateOf(const env::Game& game, const env::HumanRow& row) {
  env::State state = row.state;
  if (static_cast<int>(state.players.size()) < game.num_players()) {
    state.players.emplace_back().feet = IdleFeet(game);
    state.broken.resize(state.players.size() * state.blocks.size());
  }
  state.timestep = static_cast<int>(row.t);  // Also in waits, of which all rows show the end.
  state.steps_without_progress = 0;
  return state;
}

bool LooksLike(const env::State& a, const env::State& b) {
  const auto same_feet = [](const env::PlayerState& x, const env::PlayerState& y) {
    return x.feet == y.feet;
  };
  return a.blocks == b.blocks && a.last_interacted == b.last_interacted &&
         std::equal(a.players.begin(), a.players.end(), b.players.begin(), same_feet);
}

// Cuts the rows of one episode into fragments.
class EpisodeCutter {
 public:
  EpisodeCutter(const env::HumanEpisode& episode, int length, HumanFragments& out)
      : game_(out.game, episode.game.goal()),
        length_(length),
        first_(out.fragments.size()),
        out_(out) {
    origin_.episode = XXH64(episode.name.data(), episode.name.size(), 0);
    origin_.human = episode.game.num_players() == 1 ? 0 : 1;
    origin_.assistant = 1 - origin_.human;
    origin_.goal = episode.game.goal();
  }

  void Add(const env::HumanRow& row) {
    env::State observed = StateOf(game_, row);
    const bool explained = LooksLike(predicted_, observed);
    if (!current_.steps.empty() && (!explained || current_.steps.size() == length_)) {
      out_.unexplained += !explained;
      Emit();
    }
    if (current_.steps.empty()) {
      current_ = origin_;
      current_.start = predicted_ = std::move(observed);
    }
    std::vector<env::Action> actions = row.KnownActions();
    actions.resize(game_.num_players());
    Timestep& step = current_.steps.emplace_back();
    for (const env::Action& action : actions) {
      step.actions.push_back(game_.actions().Flatten(action));
    }
    step.human_policy = {{step.actions[origin_.human], 1.0f}};
    const env::StepOutcome outcome = game_.Step(predicted_, actions);
    step.reward = static_cast<float>(outcome.players[origin_.assistant].reward);
    ++out_.timesteps;
  }

  // The values behind all fragments follow from what came after them.
  void Finish(double gamma) {
    if (!current_.steps.empty()) Emit();
    if (out_.fragments.size() == first_) return;
    out_.fragments.back().ended = true;
    for (size_t i = out_.fragments.size() - 1; i > first_; --i) {
      out_.fragments[i - 1].bootstrap_value = ValueTargets(out_.fragments[i], gamma).front();
    }
    ++out_.episodes;
  }

 private:
  void Emit() { out_.fragments.push_back(std::exchange(current_, {})); }

  env::Game game_;
  size_t length_, first_;
  HumanFragments& out_;
  Fragment origin_, current_;
  env::State predicted_;  // After the steps of `current_`.
};

}  // namespace

absl::StatusOr<std::vector<HumanFragments>> FragmentsOfRecording(const std::string& path,
                                                                 int length, double gamma) {
  absl::StatusOr<env::HumanRecordingReader> reader = env::HumanRecordingReader::Open(path);
  if (!reader.ok()) return reader.status();
  std::map<int, HumanFragments> participants;
  for (;;) {
    absl::StatusOr<bool> more = reader->NextEpisode();
    if (!more.ok()) return more.status();
    if (!*more) break;
    const env::HumanEpisode& episode = reader->episode();
    if (episode.timeline != env::Timeline::kAlone && episode.timeline != env::Timeline::kJoint) {
      return absl::InvalidArgumentError(reader->AtLine(absl::StrCat(
          "episode ", episode.name, ": expected one of a person alone or a joint one of two")));
    }
    HumanFragments& out = participants[episode.participant];
    if (out.episodes == 0) {
      out.recording = episode.name.substr(0, episode.name.find('/'));
      out.participant = episode.participant;
      out.game = GameConfigOf(episode);
    }
    EpisodeCutter cutter(episode, length, out);
    for (;;) {
      absl::StatusOr<bool> row = reader->NextRow();
      if (!row.ok()) return row.status();
      if (!*row) break;
      cutter.Add(reader->row());
    }
    cutter.Finish(gamma);
  }
  std::vector<HumanFragments> result;
  for (auto& [participant, fragments] : participants) result.push_back(std::move(fragments));
  return result;
}

absl::StatusOr<std::vector<std::string>> WriteHumanShards(
    const std::vector<HumanFragments>& participants, const std::string& directory) {
  std::vector<std::string> paths;
  for (const HumanFragments& of : participants) {
    absl::StatusOr<int64_t> sequence = NextSequence(directory, of.participant);
    if (!sequence.ok()) return sequence.status();
    const std::string path = absl::StrCat(directory, "/", ShardName({of.participant, *sequence}));
    auto writer = ShardWriter::Create(
        path, of.game, {{"recording", of.recording}, {"participant", of.participant}});
    if (!writer.ok()) return writer.status();
    for (const Fragment& fragment : of.fragments) {
      if (absl::Status s = (*writer)->Append(fragment); !s.ok()) return s;
    }
    if (absl::Status s = (*writer)->Finish(); !s.ok()) return s;
    paths.push_back(path);
  }
  return paths;
}

}  // namespace hod::engine
