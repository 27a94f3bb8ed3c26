#include "tests/support/env/program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "tests/support/catch.h"

namespace hod::engine {

Program::Program(const std::vector<std::string>& arguments, std::string log)
    : log_(std::move(log)) {
  std::vector<char*> argv = {const_cast<char*>(HOD_PROGRAM)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int file = open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  REQUIRE(file >= 0);
  pid_ = fork();
  if (pid_ == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execv(HOD_PROGRAM, argv.data());
    _exit(127);
  }
  close(file);
  REQUIRE(pid_ > 0);
  setpgid(pid_, pid_);  // Also here, so that it holds when this returns.
}

Program::~Program() { KillGroup(); }

bool Program::Running() {
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  return !ended_;
}

int Program::Wait() {
  const MonotonicTime give_up = MonotonicNow() + absl::Minutes(5);
  while (Running() && MonotonicNow() < give_up) absl::SleepFor(absl::Milliseconds(10));
  INFO(Output());
  REQUIRE_FALSE(Running());
  return *ended_;
}

std::string Program::Output() const {
  constexpr size_t kMaxBytes = 1 << 22;  // /dev/full has no end.
  return ReadFile(log_, kMaxBytes).value_or("(no output)");
}

void Program::Interrupt() {
  if (Running()) kill(pid_, SIGTERM);
}

void Program::Kill() {
  if (Running()) kill(pid_, SIGKILL);
  Wait();
}

void Program::KillGroup() {
  kill(-pid_, SIGKILL);  // There may be processes it left behind.
  while (Running()) absl::SleepFor(absl::Milliseconds(1));
}

bool Program::KillChild(const std::string& command, const std::vector<std::string>& words,
                        int signal) {
  const pid_t child = Child(command, words);
  return child > 0 && kill(child, signal) == 0;
}

pid_t Program::Child(const std::string& name, const std::vector<std::string>& words) const {
  const std::string some = absl::StrJoin(words, std::string(1, '\0'));
  std::ifstream children(absl::StrCat("/proc/", pid_, "/task/", pid_, "/children"));
  for (pid_t child; children >> child;) {
    const std::string arguments = ReadFile(absl::StrCat("/proc/", child, "/cmdline")).value_or("");
    const std::string command =
        absl::StrCat("hod", std::string(1, '\0'), name, std::string(1, '\0'));
    const bool is_named = absl::StartsWith(arguments, command) || absl::StartsWith(arguments, name);
    if (is_named && absl::StrContains(arguments, some)) return child;
  }
  return 0;
}

Ended RunProgram(const std::vector<std::string>& arguments, const std::string& log) {
  Program program(arguments, log);
  const int status = program.Wait();
  return {status, program.Output()};
}

}  // namespace hod::engine
