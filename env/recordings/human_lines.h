// The two kinds of line in a recording of people: an episode's header, and a row. Errors name the
// key.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "env/base/json_object_reader.h"
#include "env/recordings/human_recording.h"

namespace hod::env {

absl::StatusOr<HumanEpisode> HumanEpisodeFromJson(const nlohmann::json& line);

// Reads the rows of one episode, in order.
class HumanRowReader {
 public:
  // `episode` outlives this.
  explicit HumanRowReader(const HumanEpisode* episode);

  absl::Status Read(const nlohmann::json& line);

  const HumanRow& row() const { return row_; }
  int rows_read() const { return rows_read_; }

 private:
  bool Is(RecordingKind timeline) const { return episode_->timeline == timeline; }
  absl::Status ReadState(JsonObjectReader& reader);
  absl::Status ReadActions(JsonObjectReader& reader);
  absl::Status ReadSynced(JsonObjectReader& reader);
  void ReadRewards(JsonObjectReader& reader);
  void ReadSeconds(JsonObjectReader& reader);
  void ReadMask(JsonObjectReader& reader);
  absl::Status ReadOutcome(JsonObjectReader& reader);

  const HumanEpisode* episode_;
  HumanRow row_;
  int rows_read_ = 0;
  std::optional<absl::Time> began_;  // When a tutorial began.
};

}  // namespace hod::env
