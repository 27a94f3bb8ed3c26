#include "env/recordings/recorded_episode.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "env/base/gzip_lines.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/recordings/human_observation.h"
#include "env/recordings/human_recording.h"
#include "env/traces/trace_reader.h"

namespace hod::env {
namespace {

using nlohmann::json;

absl::Status NoSuchEpisode(const std::string& path, int num_episodes, int index) {
  return absl::OutOfRangeError(absl::StrCat(path, ": holds ", num_episodes,
                                            num_episodes == 1 ? " episode" : " episodes",
                                            ", numbered from 0; got ", index));
}

// Reads the lines of a trace, one after the other.
class TraceLines {
 public:
  explicit TraceLines(GzipLineReader reader) : reader_(std::move(reader)) {}

  // The next line; none at the end of the file.
  absl::StatusOr<std::optional<json>> Next() {
    ASSIGN_OR_RETURN(bool more, reader_.Next(text_));
    if (!more) return std::nullopt;
    absl::StatusOr<json> line = ParseJson(text_);
    if (!line.ok()) return Malformed(line.status().message());
    return *std::move(line);
  }
  absl::Status Malformed(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(reader_.path(), ": line ", reader_.line_number(), ": ", what));
  }

 private:
  GzipLineReader reader_;
  std::string text_;
};

// The start of episode number `index`.
absl::StatusOr<RecordedEpisode> FindStart(TraceLines& lines, const std::string& path, int index) {
  for (int num_episodes = 0;;) {
    ASSIGN_OR_RETURN(std::optional<json> line, lines.Next());
    if (!line.has_value()) return NoSuchEpisode(path, num_episodes, index);
    const json& type = line->at("type");
    if (type != "reset" && (type != "step" || num_episodes == 0)) {
      return lines.Malformed(num_episodes == 0 ? "type: expected \"reset\""
                                               : "type: expected \"step\" or \"reset\"");
    }
    if (type != "reset" || num_episodes++ != index) continue;
    absl::StatusOr<EpisodeStart> start = EpisodeStartFromJson(*line);
    if (!start.ok()) return lines.Malformed(start.status().message());
    return RecordedEpisode{std::move(start->game), std::move(start->state), {}, std::nullopt};
  }
}

absl::StatusOr<RecordedEpisode> ReadTraceEpisode(const std::string& path, int index) {
  ASSIGN_OR_RETURN(GzipLineReader reader, GzipLineReader::Open(path));
  TraceLines lines(std::move(reader));
  try {  // nlohmann::json reports missing keys and wrong types by exceptions.
    ASSIGN_OR_RETURN(RecordedEpisode episode, FindStart(lines, path, index));
    for (;;) {
      ASSIGN_OR_RETURN(std::optional<json> line, lines.Next());
      if (!line.has_value()) return lines.Malformed("the file ends in the middle of an episode");
      auto actions = ActionsFromJson(episode.game, line->at("actions"));
      if (!actions.ok()) return lines.Malformed(actions.status().message());
      episode.steps.push_back({.actions = *std::move(actions)});
      if (line->at("done").get<bool>()) return episode;
    }
  } catch (const json::exception& error) {
    return lines.Malformed(error.what());
  }
}

// What `observed` holds other than `predicted`.
void AddObserved(const State& predicted, const State& observed, RecordedStep& step) {
  for (size_t i = 0; i < observed.blocks.size(); ++i) {
    if (predicted.blocks[i] == observed.blocks[i] &&
        predicted.last_interacted[i] == observed.last_interacted[i]) {
      continue;
    }
    step.observed_voxels.push_back(
        {static_cast<int>(i), observed.blocks[i], observed.last_interacted[i]});
  }
  for (size_t p = 0; p < observed.players.size(); ++p) {
    if (predicted.players[p].feet == observed.players[p].feet &&
        predicted.players[p].inventory == observed.players[p].inventory) {
      continue;
    }
    step.observed_players.assign(observed.players.begin(), observed.players.end());
    return;
  }
}

absl::StatusOr<RecordedEpisode> ReadHumanEpisode(const std::string& path, int index) {
  ASSIGN_OR_RETURN(HumanRecordingReader reader, HumanRecordingReader::Open(path));
  for (int num_episodes = 0; num_episodes <= index; ++num_episodes) {
    ASSIGN_OR_RETURN(bool more, reader.NextEpisode());
    if (!more) return NoSuchEpisode(path, num_episodes, index);
  }
  const HumanEpisode& recording = reader.episode();
  const Game& game = recording.game;
  RecordedEpisode episode{game, recording.start, {}, std::nullopt};
  if (recording.timeline == RecordingKind::kView) episode.viewer = recording.viewer;
  State predicted;  // After the steps read so far.
  for (;;) {
    ASSIGN_OR_RETURN(bool more, reader.NextRow());
    if (!more) return episode;
    const HumanRow& row = reader.row();
    if (episode.steps.empty()) {
      episode.start = row.state;
      episode.start.timestep = 0;
    } else {
      AddObserved(predicted, row.state, episode.steps.back());
    }
    if (row.final) return episode;
    episode.steps.push_back({.actions = row.KnownActions()});
    predicted = row.state;
    game.Step(predicted, episode.steps.back().actions);
  }
}

}  // namespace

absl::StatusOr<bool> HoldsPeople(const std::string& path) {
  ASSIGN_OR_RETURN(GzipLineReader reader, GzipLineReader::Open(path));
  std::string text;
  ASSIGN_OR_RETURN(bool any, reader.Next(text));
  absl::StatusOr<json> line = ParseJson(text);
  return line.ok() && IsHumanRecording(*line);  // If not ok, the reader of traces will say why.
}

void ApplyObserved(const Game& game, const RecordedStep& step, State& state) {
  if (step.observed_voxels.empty() && step.observed_players.empty()) return;
  for (const auto& [location, block, last_interacted] : step.observed_voxels) {
    state.blocks[location] = block;
    state.last_interacted[location] = last_interacted;
  }
  for (size_t p = 0; p < step.observed_players.size(); ++p) {
    state.players[p].feet = step.observed_players[p].feet;
    state.players[p].inventory = step.observed_players[p].inventory;
  }
  UpdateDerived(game, state);
}

absl::StatusOr<RecordedEpisode> ReadEpisode(const std::string& path, int index) {
  ASSIGN_OR_RETURN(const bool people, HoldsPeople(path));
  return people ? ReadHumanEpisode(path, index) : ReadTraceEpisode(path, index);
}

}  // namespace hod::env
