// Replays recorded episodes through the rules and compares everything the record holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace hod::env {

struct VerifyReport {
  int64_t episodes = 0;
  int64_t steps = 0;
  std::optional<std::string> first_difference;  // File, line, episode, key, expected and actual.
};

// A file that cannot be read or is malformed is an error; one that disagrees with the rules is a
// report with a difference, and verification stops there.
absl::StatusOr<VerifyReport> VerifyEpisodes(const std::string& path);

}  // namespace hod::env
