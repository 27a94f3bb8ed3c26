// Processes that are watched over: started again when they end, until they fail too often.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/training/process.h"
#include "env/base/clock.h"

namespace hod::engine {

// Counts failures that follow each other closely.
class Failures {
 public:
  // One of what was started then. True if it is the fifth in a row; what has worked for ten minutes
  // had recovered.
  bool Add(MonotonicTime started);

 private:
  int count_ = 0;
};

class ChildProcess {
 public:
  ChildProcess() = default;
  // As Process::Start(); what it prints goes to `log`.
  ChildProcess(std::vector<std::string> arguments, std::string log,
               std::string program = kThisProgram)
      : arguments_(std::move(arguments)), log_(std::move(log)), program_(std::move(program)) {}

  absl::Status Start();
  // As Process::Poll(). Requires that it was started.
  std::optional<std::string> Poll() { return process_->Poll(); }
  pid_t pid() const { return process_->pid(); }
  // Starts it again if it has ended. An error if it fails too often (Failures).
  absl::Status KeepRunning();
  void Kill() { process_->Kill(); }
  // The error of one that ended, with the last lines it printed.
  absl::Status Failed(const std::string& how) const;

 private:
  friend void StopAll(absl::Span<ChildProcess* const> children);

  std::vector<std::string> arguments_;
  std::string log_, program_;
  std::optional<Process> process_;
  MonotonicTime started_;
  Failures failures_;
};

// Asks all to end, and waits until they have finished what they are writing.
void StopAll(absl::Span<ChildProcess* const> children);

}  // namespace hod::engine
