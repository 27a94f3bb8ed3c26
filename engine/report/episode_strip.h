// A recorded episode as a row of pictures.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace hod::engine {

// PNG of the first episode of a trace file: the world at evenly spaced moments, then the goal.
absl::StatusOr<std::string> DrawEpisodeStrip(const std::string& trace_path);

}  // namespace hod::engine
