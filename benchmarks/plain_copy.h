// Bytes through a socket and into memory: what any transport takes at least.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace hod::benchmarks {

inline constexpr double kMegabyte = 1e6;

struct PlainCopy {
  double mb_per_second = 0;
  double cpu_ms_per_mb = 0;  // Both sides together.
};

// Sends them again and again, for so long.
absl::StatusOr<PlainCopy> CopyPlainly(const std::vector<std::string>& messages, double seconds);

}  // namespace hod::benchmarks
