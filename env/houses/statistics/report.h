// The statistics of goals as text, for people.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "env/game/config.h"

namespace hod::env {

// A table of the figures of `count` > 0 goals of `spec` (see MakeGoalSource) next to those of real
// houses: all goals of `real_spec`, e.g. "npy:DIR", or RealHouseFigures() if it is empty.
absl::StatusOr<std::string> CompareGoals(const std::string& spec, int count,
                                         const std::string& real_spec, const GameConfig& config,
                                         uint64_t seed);

}  // namespace hod::env
