#include "engine/training/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr size_t kKeptOutput = 4096;

// Writes as much as there is room for.
void Append(int file, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(written);
  }
}

}  // namespace

absl::StatusOr<Process> Process::Start(const std::vector<std::string>& arguments,
                                       const std::string& log, const std::string& program) {
  ASSIGN_OR_RETURN(Descriptor file, OpenFile(log, O_WRONLY | O_CREAT | O_APPEND, "open", log));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return SystemError("pipe", "make");
  Descriptor output(ends[0]), input(ends[1]);
  if (fcntl(output.get(), F_SETFL, O_NONBLOCK) != 0) return SystemError("pipe", "make");
  // What shows who a process is.
  const std::string name = program == kThisProgram ? "hod" : program;
  std::vector<char*> argv = {const_cast<char*>(name.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  const pid_t parent = getpid();
  // Before it runs its own program, the child has the handlers of this process; a request to end
  // that they caught there would be lost.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) {  // Only calls that are safe after fork().
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    // When this process dies, the child still finishes what it is writing, whatever it prints then.
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);
    dup2(input.get(), STDOUT_FILENO);
    dup2(input.get(), STDERR_FILENO);
    execvp(program.c_str(), argv.data());
    _exit(127);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return SystemError(name, "start");
  return Process(pid, std::move(output), std::move(file));
}

std::optional<std::string> Process::Poll() {
  if (ended_) return ended_;
  int status = 0;
  const bool ended = waitpid(pid_, &status, WNOHANG) == pid_;
  TakeOutput();  // After that: a child that has ended has printed all that it will.
  if (!ended) return std::nullopt;
  if (WIFEXITED(status)) {
    ended_ = WEXITSTATUS(status) == 0 ? "" : absl::StrCat("exit status ", WEXITSTATUS(status));
  } else {
    const int signal = WTERMSIG(status);
    ended_ = absl::StrCat("signal ", signal, ", ", strsignal(signal));
    if (signal == SIGKILL) absl::StrAppend(&*ended_, ", as when the machine's memory runs out");
  }
  return ended_;
}

void Process::TakeOutput() {
  std::array<char, kKeptOutput> buffer;
  for (;;) {
    const ssize_t got = read(output_.get(), buffer.data(), buffer.size());
    if (got <= 0) return;
    const absl::string_view text(buffer.data(), got);
    Append(log_.get(), text);
    absl::StrAppend(&last_output_, text);
    if (last_output_.size() > kKeptOutput) {
      last_output_.erase(0, last_output_.size() - kKeptOutput);
    }
  }
}

void Process::Stop() {
  if (!ended_) kill(pid_, SIGTERM);
}

void Process::Kill() {
  if (!ended_) kill(pid_, SIGKILL);
}

}  // namespace hod::engine
