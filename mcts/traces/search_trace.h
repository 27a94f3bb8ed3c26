// Repeats recorded searches and compares the trees (docs/rules.md, Section 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace hod::mcts {

struct SearchVerifyReport {
  int64_t roots = 0;
  int64_t searches = 0;
  std::optional<std::string> first_difference;  // File, line, root, key, expected and actual.
};

// Does what env::VerifyEpisodes does, for files of searches.
absl::StatusOr<SearchVerifyReport> VerifySearches(const std::string& path);

}  // namespace hod::mcts
