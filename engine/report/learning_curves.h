// Learning curves of a run, drawn from its metrics.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

struct LearningCurve {
  std::string title;
  std::string png;
};

absl::StatusOr<std::vector<LearningCurve>> DrawLearningCurves(const RunDirectory& run);

}  // namespace hod::engine
