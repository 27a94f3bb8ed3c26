// Child processes: another command of this program, or another program.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "env/base/descriptor.h"

namespace hod::engine {

inline constexpr char kThisProgram[] = "/proc/self/exe";

class Process {
 public:
  // Runs `program`, looked for in $PATH, with `arguments`. What it prints comes through a pipe;
  // each Poll() appends it to `log`, and what finds no room there is still in last_output(). The
  // child is asked to end (SIGTERM) when this process dies, however it dies, or the thread that
  // calls this ends.
  static absl::StatusOr<Process> Start(const std::vector<std::string>& arguments,
                                       const std::string& log,
                                       const std::string& program = kThisProgram);

  // Nothing while it runs; then "" after success, or how it ended ("exit status 2", "signal 15,
  // Terminated"). Call it often: a child that fills the pipe waits.
  std::optional<std::string> Poll();
  // Asks it to end (SIGTERM).
  void Stop();
  // Ends it at once (SIGKILL).
  void Kill();

  pid_t pid() const { return pid_; }
  // The end of what it has printed, of a few kilobytes.
  const std::string& last_output() const { return last_output_; }

 private:
  Process(pid_t pid, Descriptor output, Descriptor log)
      : pid_(pid), output_(std::move(output)), log_(std::move(log)) {}
  void TakeOutput();

  pid_t pid_;
  Descriptor output_, log_;
  std::string last_output_;
  std::optional<std::string> ended_;
};

}  // namespace hod::engine
