#include "env/base/parallel.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "tests/support/base/forbid_threads.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

TEST_CASE("Every piece is done once") {
  for (const int threads : {1, 2, 5}) {
    std::vector<std::atomic<int>> done(1000);
    REQUIRE(RunOnThreads(1000, threads, [&](int i) {
              ++done[i];
              return absl::OkStatus();
            }).ok());
    for (const auto& times : done) CHECK(times == 1);
  }
  CHECK(RunOnThreads(0, 4, [](int) { return absl::InternalError("called"); }).ok());
}

TEST_CASE("One thread does the pieces in order, itself") {
  std::vector<int> order;
  REQUIRE(RunOnThreads(5, 1, [&, caller = std::this_thread::get_id()](int i) {
            CHECK(std::this_thread::get_id() == caller);
            order.push_back(i);
            return absl::OkStatus();
          }).ok());
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("After an error no other piece begins, and the first error is returned") {
  for (const int threads : {1, 3}) {
    std::mutex mutex;
    std::set<int> begun;
    const absl::Status status = RunOnThreads(100000, threads, [&](int i) {
      const std::lock_guard lock(mutex);
      begun.insert(i);
      return i == 10 ? absl::DataLossError(std::to_string(i)) : absl::OkStatus();
    });
    CHECK(status == absl::DataLossError("10"));
    for (int i = 0; i <= 10; ++i) CHECK(begun.count(i) == 1);
    if (threads == 1) CHECK(begun.size() == 11);
    CHECK(begun.size() < 100000);
  }
}

TEST_CASE("Pieces may divide their work again, and never begin within another") {
  thread_local int depth = 0;
  std::atomic<int> inner = 0;
  std::atomic<bool> nested = false;
  REQUIRE(RunOnThreads(20, 3, [&](int) {
            if (depth > 0) nested = true;
            ++depth;
            absl::Status status = RunOnThreads(20, 3, [&](int) {
              ++inner;
              return absl::OkStatus();
            });
            --depth;
            return status;
          }).ok());
  CHECK(inner == 400);
  CHECK_FALSE(nested);
}

TEST_CASE("Threads that the system does not start are an error") {
  CHECK(CheckThreads(1).ok());
  CHECK(CheckThreads(3).ok());
  const pid_t child = fork();
  if (child == 0) {
    ForbidThreads();
    const absl::Status asked = CheckThreads(1000);
    const absl::Status run = RunOnThreads(1000, 1000, [](int) { return absl::OkStatus(); });
    const auto beside = RunBeside([] { return 3; });
    const bool refused = absl::StrContains(asked.message(), "of 1000 threads: cannot start a") &&
                         run == asked && absl::IsResourceExhausted(beside.status());
    _exit(refused && CheckThreads(3).ok() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(RunBeside([] { return 3; })->get() == 3);
}

TEST_CASE("A number of threads that cannot be is refused") {
  CHECK(RunOnThreads(1, 0, [](int) { return absl::OkStatus(); }).message() ==
        "0 threads, expected at least 1");
}

}  // namespace
}  // namespace hod
