// Replays recordings of people one step from each recorded state, by the rules for trusted people,
// and compares what follows with the record (docs/traces.md, "Recordings of people").
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace hod::env {

struct HumanVerifyReport {
  int64_t episodes = 0;
  int64_t exact_episodes = 0;  // All of whose transitions are reproduced.
  int64_t rows = 0;
  int64_t transitions = 0;  // Steps from a row with an action to the next.
  int64_t reproduced = 0;   // Those where the rules give the next row's observation.
  int64_t waits = 0;        // Steps from a row with a noop to the next; all of them reproduced.
  // Blocks that changed without an action of this recording in transitions not reproduced, by
  // cause.
  std::map<std::string, int64_t> changes;
  int64_t rewards = 0;          // Actions whose reward and correctness were compared.
  int64_t unknown_rewards = 0;  // Those on a block that the recorder had not yet seen.
  int64_t masks = 0;            // Compared, and equal.
  int64_t hidden_feet = 0;      // Those with the own feet hidden in the recorded observation.
  std::optional<std::string> first_difference;  // File, line, episode, row, expected and actual.
};

// A file that cannot be read or is malformed is an error. A transition that differs from the rules
// without a recorded explanation is a report with a difference, and verification stops there.
// Explained are: exactly the changes in `sync_blocks`; where one player's view hides what others
// do, others' changes; and in tutorials, which record no `sync_blocks`, blocks that vanished.
absl::StatusOr<HumanVerifyReport> VerifyHumanRecording(const std::string& path);

}  // namespace hod::env
