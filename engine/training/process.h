// Child processes that run another command of this program.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace hod::engine {

class Process {
 public:
  // Runs this program with `arguments`; standard output and error are appended to `log`. The child
  // is asked to end (SIGTERM) when this process dies, however it dies.
  static absl::StatusOr<Process> Start(const std::vector<std::string>& arguments,
                                       const std::string& log);

  // Nothing while it runs; then "" after success, or how it ended ("exit status 2", "signal 9").
  std::optional<std::string> Poll();
  // Asks it to end (SIGTERM).
  void Stop();
  pid_t pid() const { return pid_; }

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  pid_t pid_;
  std::optional<std::string> ended_;
};

}  // namespace hod::engine
