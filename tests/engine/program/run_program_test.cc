// How a program ends: what it says and its exit status.
#include "engine/program/run_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "env/base/files.h"
#include "tests/support/base/forbid_threads.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::engine {
namespace {

using Catch::Contains;

struct Ended {
  int status;  // The exit status, or minus the signal.
  std::string said;
};

// A program "test" in a process of its own, whose only command does `work`. It prints to `out`; "":
// its standard output is closed.
Ended Run(const std::function<absl::Status()>& work, const std::string& out = "/dev/null",
          const char* command = "do") {
  const TempDir dir;
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    dup2(open((dir / "said").c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    close(STDOUT_FILENO);
    if (!out.empty()) open(out.c_str(), O_WRONLY);
    CLI::App app("", "test");
    absl::Status result;
    app.add_subcommand("do")->callback([&] { result = work(); });
    char name[] = "test";
    char* argv[] = {name, const_cast<char*>(command), nullptr};
    _exit(RunProgram(app, result, 2, argv));
  }
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), *ReadFile(dir / "said")};
}

absl::Status Print() {
  std::puts("a result");
  return absl::OkStatus();
}

TEST_CASE("A command's status becomes the program's") {
  CHECK(Run(Print).status == 0);
  CHECK(Run(Print).said.empty());
  const Ended failed = Run([] { return absl::NotFoundError("file: cannot read"); });
  CHECK(failed.status == 1);
  CHECK(failed.said == "test: file: cannot read\n");
  CHECK(Run([] { return absl::CancelledError("stopped"); }).status == 130);
  CHECK(Run(Print, "/dev/null", "--help").status == 0);
  CHECK(Run(Print, "/dev/null", "--nothing").status > 100);
}

TEST_CASE("What cannot be printed is an error, of help and of much output, too") {
  for (const char* command : {"do", "--help"}) {
    const Ended full = Run(Print, "/dev/full", command);
    CHECK(full.status == 1);
    CHECK_THAT(full.said, Contains("test: standard output: cannot write all that was printed"));
    CHECK(Run(Print, "", command).status == 1);
  }
  const Ended early = Run(
      [] {
        for (int i = 0; i < 10000; ++i)
          std::puts("a line of many, which does not wait for the end");
        return absl::OkStatus();
      },
      "/dev/full");
  CHECK(early.status == 1);
  CHECK_THAT(early.said, Contains("standard output: cannot write all that was printed"));
}

TEST_CASE("A closed standard output is not mistaken for the next file") {
  const TempDir dir;
  const Ended ended = Run(
      [&] {
        auto file = AtomicFile::Create(dir / "file");
        Print().IgnoreError();
        std::fflush(stdout);
        if (absl::Status status = file->Write("contents"); !status.ok()) return status;
        return file->Commit();
      },
      "");
  CHECK(ended.status == 1);
  CHECK(*ReadFile(dir / "file") == "contents");
}

TEST_CASE("Where memory runs out, a message says so, whichever thread it is") {
  const auto fail = []() -> absl::Status { throw std::bad_alloc(); };
  const Ended here = Run(fail);
  CHECK(here.status == 1);
  CHECK(here.said == "test: out of memory\n");
  const Ended there = Run([&] {
    std::thread([&] { fail().IgnoreError(); }).join();
    return absl::OkStatus();
  });
  CHECK(there.status == 1);
  CHECK_THAT(there.said, Contains("out of memory"));
}

TEST_CASE("Where a thread cannot be started, a message says so, whichever thread it is") {
  const Ended here = Run([]() -> absl::Status {
    ForbidThreads();
    std::thread([] {}).join();
    return absl::OkStatus();
  });
  CHECK(here.status == 1);
  CHECK(here.said == "test: cannot start a thread: Resource temporarily unavailable\n");
  const Ended there = Run([] {
    std::thread([] {
      ForbidThreads();
      std::thread([] {}).join();
    }).join();
    return absl::OkStatus();
  });
  CHECK(there.status == 1);
  CHECK_THAT(there.said, Contains("cannot start a thread"));
  const Ended tasks = Run([]() -> absl::Status {  // What oneTBB says.
    throw std::runtime_error("pthread_create has failed: Resource temporarily unavailable");
  });
  CHECK(tasks.said == here.said);
}

TEST_CASE("An exception that nobody expected is told, not swallowed") {
  const Ended ended = Run([]() -> absl::Status { throw std::runtime_error("what it was"); });
  CHECK(ended.status == 1);
  CHECK(ended.said == "test: internal error: what it was\n");
}

}  // namespace
}  // namespace hod::engine
