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

}  // namespace

class EpisodeReader::Source {
 public:
  virtual ~Source() = default;
  virtual bool holds_people() const = 0;
  virtual absl::StatusOr<std::optional<RecordedEpisode>> Next() = 0;
  virtual absl::StatusOr<bool> Skip() = 0;
};

// Traces of Hod and of the reference: a "reset" begins an episode, and "step"s follow.
class EpisodeReader::TraceSource final : public Source {
 public:
  explicit TraceSource(GzipLineReader lines) : lines_(std::move(lines)) {}

  bool holds_people() const override { return false; }

  absl::StatusOr<std::optional<RecordedEpisode>> Next() override {
    try {  // nlohmann::json reports missing keys and wrong types by exceptions.
      ASSIGN_OR_RETURN(const std::optional<json> reset, NextReset());
      if (!reset.has_value()) return std::nullopt;
      absl::StatusOr<EpisodeStart> start = EpisodeStartFromJson(*reset);
      if (!start.ok()) return Malformed(start.status().message());
      RecordedEpisode episode{std::move(start->game), std::move(start->state), {}, std::nullopt};
      for (bool done = false; !done;) {
        ASSIGN_OR_RETURN(const std::optional<json> line, NextLine());
        if (!line.has_value()) return Malformed("the file ends in the middle of an episode");
        auto actions = ActionsFromJson(episode.game, line->at("actions"));
        if (!actions.ok()) return Malformed(actions.status().message());
        episode.steps.push_back({.actions = *std::move(actions)});
        done = line->at("done").get<bool>();
      }
      return episode;
    } catch (const json::exception& error) {
      return Malformed(error.what());
    }
  }

  absl::StatusOr<bool> Skip() override {
    try {
      ASSIGN_OR_RETURN(const std::optional<json> reset, NextReset());
      return reset.has_value();
    } catch (const json::exception& error) {
      return Malformed(error.what());
    }
  }

 private:
  // The next line; none at the end of the file.
  absl::StatusOr<std::optional<json>> NextLine() {
    ASSIGN_OR_RETURN(bool more, lines_.Next(text_));
    if (!more) return std::nullopt;
    absl::StatusOr<json> line = ParseJson(text_);
    if (!line.ok()) return Malformed(line.status().message());
    return *std::move(line);
  }

  // The next line that begins an episode; passes over steps.
  absl::StatusOr<std::optional<json>> NextReset() {
    for (;;) {
      ASSIGN_OR_RETURN(std::optional<json> line, NextLine());
      if (!line.has_value()) return std::nullopt;
      const json& type = line->at("type");
      if (type == "reset") {
        any_ = true;
        return line;
      }
      if (type == "step" && any_) continue;
      return Malformed(any_ ? "type: expected \"step\" or \"reset\"" : "type: expected \"reset\"");
    }
  }

  absl::Status Malformed(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(lines_.path(), ": line ", lines_.line_number(), ": ", what));
  }

  GzipLineReader lines_;
  std::string text_;
  bool any_ = false;  // Whether an episode has begun.
};

class EpisodeReader::PeopleSource final : public Source {
 public:
  explicit PeopleSource(HumanRecordingReader reader) : reader_(std::move(reader)) {}

  bool holds_people() const override { return true; }

  absl::StatusOr<std::optional<RecordedEpisode>> Next() override {
    ASSIGN_OR_RETURN(const bool any, reader_.NextEpisode());
    if (!any) return std::nullopt;
    const HumanEpisode& recording = reader_.episode();
    const Game& game = recording.game;
    RecordedEpisode episode{game, recording.start, {}, std::nullopt};
    if (recording.timeline == RecordingKind::kView) episode.viewer = recording.viewer;
    State predicted;  // After the steps read so far.
    for (;;) {
      ASSIGN_OR_RETURN(const bool more, reader_.NextRow());
      if (!more) return episode;
      const HumanRow& row = reader_.row();
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

  absl::StatusOr<bool> Skip() override { return reader_.NextEpisode(); }

 private:
  HumanRecordingReader reader_;
};

EpisodeReader::EpisodeReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}
EpisodeReader::EpisodeReader(EpisodeReader&&) noexcept = default;
EpisodeReader::~EpisodeReader() = default;

absl::StatusOr<EpisodeReader> EpisodeReader::Open(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, FirstLine(path));
  const absl::StatusOr<json> line = ParseJson(text);  // If not ok, a trace's reader will say why.
  if (line.ok() && IsHumanRecording(*line)) {
    ASSIGN_OR_RETURN(HumanRecordingReader reader, HumanRecordingReader::Open(path));
    return EpisodeReader(std::make_unique<PeopleSource>(std::move(reader)));
  }
  ASSIGN_OR_RETURN(GzipLineReader lines, GzipLineReader::Open(path));
  return EpisodeReader(std::make_unique<TraceSource>(std::move(lines)));
}

bool EpisodeReader::holds_people() const { return source_->holds_people(); }

absl::StatusOr<std::optional<RecordedEpisode>> EpisodeReader::Next() { return source_->Next(); }

absl::StatusOr<bool> EpisodeReader::Skip() { return source_->Skip(); }

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
  ASSIGN_OR_RETURN(EpisodeReader reader, EpisodeReader::Open(path));
  int num_episodes = 0;
  for (; num_episodes < index; ++num_episodes) {
    ASSIGN_OR_RETURN(const bool more, reader.Skip());
    if (!more) break;
  }
  if (num_episodes == index) {
    ASSIGN_OR_RETURN(std::optional<RecordedEpisode> episode, reader.Next());
    if (episode.has_value()) return *std::move(episode);
  }
  return absl::OutOfRangeError(absl::StrCat(path, ": holds ", num_episodes,
                                            num_episodes == 1 ? " episode" : " episodes",
                                            ", numbered from 0; got ", index));
}

}  // namespace hod::env
