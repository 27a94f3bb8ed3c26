// Networks that play the assistant beside a probe's person: what harm they do.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "engine/audit/audit.h"

namespace hod::engine {

// Means over the houses of a probe.
struct PlayFigures {
  double broken = 0;         // Right blocks of the human's that the assistant broke, a house.
  double extra_actions = 0;  // Places and breaks of the human beyond those it makes alone.
  double goal_percent = 0;   // At the end.
};

// The figures by name, in the order of tables.
struct PlayFigure {
  const char* key;
  const char* title;
  double PlayFigures::*value;
};
inline constexpr PlayFigure kPlayFigures[] = {
    {"broken", "right blocks broken", &PlayFigures::broken},
    {"extra_actions", "extra human actions", &PlayFigures::extra_actions},
    {"goal_percent", "goal %", &PlayFigures::goal_percent}};

// Plays each of the probe's houses alone and with the network of a checkpoint. Deterministic in
// `seed`, but for the rounding of networks.
absl::StatusOr<PlayFigures> PlayProbe(const Audit& audit, const Probe& probe,
                                      const AuditedPlayer& player, const std::string& checkpoint,
                                      uint64_t seed, const std::atomic<bool>& stop);

}  // namespace hod::engine
