// A study of networks as text, JSON and picture.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/results/bootstrap.h"
#include "engine/studies/network_study.h"
#include "env/draw/canvas.h"

namespace hod::engine {

// A kind of error that networks are compared by.
struct ErrorKind {
  const char* name;
  double EpisodeErrors::*value;
  const char* unit;
};
inline constexpr ErrorKind kErrorKinds[] = {
    {"goal cross entropy", &EpisodeErrors::goal, "nats a voxel"},
    {"human cross entropy", &EpisodeErrors::human, "nats"},
    {"value error", &EpisodeErrors::value, "squared"},
};

// Over the held-out episodes of a source, with a 95% bootstrap interval.
Estimate MeanError(const StudiedResult& result, const std::string& source, const ErrorKind& kind);
// How much more `result` errs than `baseline`, episode by episode.
Estimate ErrorDifference(const StudiedResult& result, const StudiedResult& baseline,
                         const std::string& source, const ErrorKind& kind);
// The median of the rounds.
double EvaluationsPerSecond(const StudiedResult& result);

// Two tables in Markdown for each source: errors, and differences to the baseline.
std::string FormatNetworkStudy(const NetworkStudy& study,
                               const std::vector<StudiedResult>& results);
nlohmann::json NetworkStudyJson(const NetworkStudy& study,
                                const std::vector<StudiedResult>& results);
// A row of charts for each source: every kind of error against evaluations per second.
env::Canvas DrawNetworkStudy(const std::vector<StudiedResult>& results);

}  // namespace hod::engine
