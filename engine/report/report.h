// The HTML report of a run: one self-contained file with learning curves, the evaluation and an
// episode drawn with and without the assistant.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/evaluation/evaluate.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// Writes report.html into the run directory and returns its path; the pictures of the episode also
// as house-alone.png and house-assisted.png. What the run does not have yet
// (an evaluation, say) is left out and said so.
absl::StatusOr<std::string> WriteReport(const RunDirectory& run);

absl::StatusOr<EvaluationReport> LoadEvaluation(const std::string& path);

}  // namespace hod::engine
