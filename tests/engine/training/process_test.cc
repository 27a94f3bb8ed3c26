// Children and what they say, whether or not there is a place to store it.
#include "engine/training/process.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "env/base/files.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::engine {
namespace {

using Catch::Contains;
using Catch::EndsWith;

// What the children of these tests run: this program again. For everybody else these do nothing.
constexpr char kIsChild[] = "HOD_PROCESS_TEST_CHILD";

TEST_CASE("A child that talks, then fails", "[talking-child]") {
  if (std::getenv(kIsChild) == nullptr) return;
  for (int i = 0; i < 20000; ++i) std::fprintf(i % 2 ? stderr : stdout, "line %05d\n", i);
  std::fflush(stdout);
  std::fprintf(stderr, "the reason\n");
  _exit(3);
}
TEST_CASE("A child that waits for its end", "[waiting-child]") {
  if (std::getenv(kIsChild) == nullptr) return;
  for (;;) pause();
}

absl::StatusOr<Process> StartChild(const std::string& kind, const std::string& log) {
  setenv(kIsChild, "1", 1);
  auto process = Process::Start({kind}, log);
  unsetenv(kIsChild);
  return process;
}

std::string WaitFor(Process& process) {
  for (;;) {
    if (const auto ended = process.Poll()) return *ended;
    absl::SleepFor(absl::Milliseconds(1));
  }
}

TEST_CASE("What a child prints is in its log, and its end at hand") {
  const TempDir dir;
  const std::string log = dir.Write("child.log", "before\n");
  auto process = StartChild("[talking-child]", log);
  REQUIRE(process.ok());
  CHECK(WaitFor(*process) == "exit status 3");
  CHECK(process->Poll() == "exit status 3");
  const std::string stored = *ReadFile(log);
  CHECK_THAT(stored, Catch::StartsWith("before\n") && EndsWith("the reason\n") &&
                         Contains("line 00000\n") && Contains("line 19999\n"));
  CHECK_THAT(process->last_output(), EndsWith("the reason\n"));
  CHECK(process->last_output().size() <= 4096);
}

TEST_CASE("A child's reason is known when there is no room for its log") {
  auto process = StartChild("[talking-child]", "/dev/full");
  REQUIRE(process.ok());
  CHECK(WaitFor(*process) == "exit status 3");
  CHECK_THAT(process->last_output(), EndsWith("the reason\n"));
}

TEST_CASE("A child ends when it is asked to, and a log that cannot be is refused by name") {
  const TempDir dir;
  auto process = StartChild("[waiting-child]", dir.path() + "/child.log");
  REQUIRE(process.ok());
  CHECK_FALSE(process->Poll().has_value());
  process->Stop();
  CHECK(WaitFor(*process) == "signal 15, Terminated");
  auto killed = StartChild("[waiting-child]", dir.path() + "/child.log");
  REQUIRE(killed.ok());
  kill(killed->pid(), SIGKILL);
  CHECK_THAT(WaitFor(*killed), Contains("signal 9, Killed") && Contains("memory"));
  const std::string missing = dir.path() + "/missing/child.log";
  CHECK_THAT(std::string(Process::Start({"x"}, missing).status().message()), Contains(missing));
}

}  // namespace
}  // namespace hod::engine
