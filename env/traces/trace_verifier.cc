#include "env/traces/trace_verifier.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/gzip_lines.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/traces/compare_json.h"
#include "env/traces/episode_trace.h"
#include "env/traces/trace_reader.h"

namespace hod::env {
namespace {

using nlohmann::json;

absl::Status Malformed(const std::string& what) { return absl::InvalidArgumentError(what); }

// One episode as it is being replayed.
class Episode {
 public:
  static absl::StatusOr<std::unique_ptr<Episode>> Start(const json& line,
                                                        std::optional<std::string>& difference) {
    ASSIGN_OR_RETURN(EpisodeStart start, EpisodeStartFromJson(line));
    std::unique_ptr<Episode> episode(new Episode(std::move(start)));
    ASSIGN_OR_RETURN(auto seed, IntegerFromJson(line.at("seed"), INT64_MIN, INT64_MAX, "seed"));
    const json actual =
        episode->trace_.Reset(episode->state_, line.at("name").get<std::string>(), seed);
    difference = FirstDifference(line, actual, "");
    return episode;
  }

  absl::StatusOr<std::optional<std::string>> Step(const json& line) {
    ASSIGN_OR_RETURN(std::vector<Action> actions, ActionsFromJson(game_, line.at("actions")));
    const StepOutcome outcome = game_.Step(state_, actions);
    const json& masks = line.at("mask_crc32");
    const TraceDetail detail = {.valid_actions = line.contains("valid_actions"),
                                .inventories = line.contains("inventories"),
                                .mask_los = !masks.at(1).is_null()};
    done_ = outcome.done();
    return FirstDifference(line, trace_.Step(actions, outcome, state_, detail), "");
  }

  bool done() const { return done_; }

 private:
  explicit Episode(EpisodeStart start)
      : game_(std::move(start.game)), trace_(&game_), state_(std::move(start.state)) {}

  Game game_;
  EpisodeTrace trace_;
  State state_;
  bool done_ = false;
};

// Replays the lines of one file.
class EpisodeVerifier {
 public:
  absl::Status Line(const json& line) {
    if (!line.is_object()) return Malformed("expected an object");
    const std::string type = line.at("type").get<std::string>();
    if (type == "reset") {
      label_ = absl::StrCat("episode ", line.at("name").get<std::string>(), " seed ",
                            DumpJson(line.at("seed")));
      where_ = "reset";
      ASSIGN_OR_RETURN(auto episode, Episode::Start(line, report.first_difference));
      episode_ = std::move(episode);
      ++report.episodes;
      return absl::OkStatus();
    }
    if (type != "step") return Malformed("type: expected reset or step, got " + type);
    if (episode_ == nullptr) return Malformed("a step before the first reset");
    if (episode_->done()) return Malformed("a step after the end of the episode");
    where_ = absl::StrCat("t ", DumpJson(line.at("t")));
    ASSIGN_OR_RETURN(auto difference, episode_->Step(line));
    report.first_difference = std::move(difference);
    ++report.steps;
    return absl::OkStatus();
  }

  bool MidEpisode() const { return episode_ != nullptr && !episode_->done(); }
  std::string Where() const { return absl::StrCat(label_, ", ", where_); }

  VerifyReport report;

 private:
  std::unique_ptr<Episode> episode_;
  std::string label_, where_;
};

}  // namespace

absl::StatusOr<VerifyReport> VerifyEpisodes(const std::string& path) {
  ASSIGN_OR_RETURN(GzipLineReader reader, GzipLineReader::Open(path));
  EpisodeVerifier verifier;
  std::string text;
  const auto at = [&] { return absl::StrCat(path, ": line ", reader.line_number()); };
  for (;;) {
    ASSIGN_OR_RETURN(bool more, reader.Next(text));
    if (!more) break;
    absl::StatusOr<json> line = ParseJson(text);
    if (!line.ok()) return Annotate(line.status(), at());
    try {  // nlohmann::json reports missing keys and wrong types by exceptions.
      RETURN_IF_ERROR(Annotate(verifier.Line(*line), at()));
    } catch (const json::exception& error) {
      return absl::InvalidArgumentError(absl::StrCat(at(), ": ", error.what()));
    }
    if (verifier.report.first_difference) {
      verifier.report.first_difference =
          absl::StrCat(at(), ": ", verifier.Where(), ": ", *verifier.report.first_difference);
      return verifier.report;
    }
  }
  if (verifier.MidEpisode()) {
    return absl::DataLossError(absl::StrCat(at(), ": the file ends in the middle of an episode"));
  }
  if (verifier.report.episodes == 0) {
    return absl::DataLossError(absl::StrCat(at(), ": no episode in this file"));
  }
  return verifier.report;
}

}  // namespace hod::env
