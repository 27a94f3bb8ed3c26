// Bytes through a socket and into memory: what any transport takes at least.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "env/base/descriptor.h"

namespace hod::benchmarks {

inline constexpr double kMegabyte = 1e6;

// A socket that listens on a port of 127.0.0.1 that nobody else has.
struct LoopbackListener {
  Descriptor file;
  int port = 0;
};
absl::StatusOr<LoopbackListener> Listen();

struct PlainCopy {
  double mb_per_second = 0;
  double cpu_ms_per_mb = 0;  // Of both sides.
};

// Sends them again and again, for so long.
absl::StatusOr<PlainCopy> CopyPlainly(const std::vector<std::string>& messages, double seconds);

}  // namespace hod::benchmarks
