// The program as a user runs it: a process, what it prints and how it ends.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace hod::engine {

// Runs "hod ARGUMENTS..." in a process group of its own, which does not outlive the object.
class Program {
 public:
  // Standard output and error go to the file `log`.
  Program(const std::vector<std::string>& arguments, std::string log);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool Running();
  // Waits for its end: the exit status, or minus the signal. Fails the test after five minutes.
  int Wait();
  std::string Output() const;

  void Interrupt();  // SIGTERM.
  void Kill();       // SIGKILL; the processes it started are told by the kernel (SIGTERM).
  void KillGroup();  // SIGKILL, with the processes it started.
  // SIGKILL, or another, for a process it started as "hod COMMAND ...", with these words one after
  // the other among the rest; false if there is none.
  bool KillChild(const std::string& command, const std::vector<std::string>& words = {},
                 int signal = SIGKILL);
  // A process that it started as "hod NAME ..." or as another program, "NAME...", with such words;
  // 0: none.
  pid_t Child(const std::string& name, const std::vector<std::string>& words = {}) const;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  std::string log_;
  std::optional<int> ended_;
};

struct Ended {
  int status;
  std::string output;
};
// Runs it to its end.
Ended RunProgram(const std::vector<std::string>& arguments, const std::string& log);

}  // namespace hod::engine
