#include "env/recordings/human_recording.h"

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/recordings/human_lines.h"

namespace hod::env {

using nlohmann::json;

HumanRecordingReader::HumanRecordingReader(GzipLineReader lines) : lines_(std::move(lines)) {}
HumanRecordingReader::HumanRecordingReader(HumanRecordingReader&&) noexcept = default;
HumanRecordingReader::~HumanRecordingReader() = default;

absl::StatusOr<HumanRecordingReader> HumanRecordingReader::Open(const std::string& path) {
  ASSIGN_OR_RETURN(GzipLineReader lines, GzipLineReader::Open(path, kMaxRecordingLine));
  return HumanRecordingReader(std::move(lines));
}

std::string HumanRecordingReader::AtLine(const std::string& what) const {
  return absl::StrCat(lines_.path(), ": line ", lines_.line_number(), ": ", what);
}

absl::StatusOr<std::optional<json>> HumanRecordingReader::NextLine() {
  ASSIGN_OR_RETURN(bool more, lines_.Next(text_));
  if (!more) return std::nullopt;
  absl::StatusOr<json> line = ParseJson(text_);
  if (!line.ok()) {
    return absl::InvalidArgumentError(AtLine(std::string(line.status().message())));
  }
  return *std::move(line);
}

absl::StatusOr<bool> HumanRecordingReader::NextEpisode() {
  for (bool rows = episode_ != nullptr; rows;) {
    ASSIGN_OR_RETURN(bool row, NextRow());
    rows = row;
  }
  ASSIGN_OR_RETURN(std::optional<json> line, NextLine());
  if (!line.has_value()) return false;
  if (!IsHumanRecording(*line)) {
    return absl::InvalidArgumentError(
        AtLine("num_rows: missing, expected the header of a recording of people"));
  }
  absl::StatusOr<HumanEpisode> episode = HumanEpisodeFromJson(*line);
  if (!episode.ok()) {
    return absl::InvalidArgumentError(AtLine(std::string(episode.status().message())));
  }
  rows_.reset();
  episode_ = std::make_unique<HumanEpisode>(*std::move(episode));
  rows_ = std::make_unique<HumanRowReader>(episode_.get());
  return true;
}

absl::StatusOr<bool> HumanRecordingReader::NextRow() {
  if (rows_->rows_read() == episode_->num_rows) return false;
  ASSIGN_OR_RETURN(std::optional<json> line, NextLine());
  if (!line.has_value()) {
    return absl::DataLossError(
        AtLine(absl::StrCat("the file ends after ", rows_->rows_read(),
                            " rows, expected num_rows = ", episode_->num_rows)));
  }
  absl::Status status = rows_->Read(*line);
  if (!status.ok()) return absl::InvalidArgumentError(AtLine(std::string(status.message())));
  return true;
}

const HumanRow& HumanRecordingReader::row() const { return rows_->row(); }

bool IsHumanRecording(const json& first_line) {
  return first_line.is_object() && first_line.contains("num_rows");
}

}  // namespace hod::env
