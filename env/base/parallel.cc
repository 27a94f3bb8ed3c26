#include "env/base/parallel.h"

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"

namespace hod {

int AvailableThreads() { return tbb::info::default_concurrency(); }

int NumThreads(int setting) { return setting > 0 ? setting : AvailableThreads(); }

absl::Status ThreadError(absl::string_view reason) {
  return absl::ResourceExhaustedError(absl::StrCat("cannot start a thread: ", reason));
}

absl::Status CheckThreads(int threads) {
  static std::atomic<int> seen = 1;
  if (threads <= seen) return absl::OkStatus();
  std::vector<std::thread> others;
  std::latch all_tried(1);
  absl::Status status;
  try {
    for (int i = 1; i < threads; ++i) others.emplace_back([&] { all_tried.wait(); });
  } catch (const std::system_error& error) {
    status = Annotate(ThreadError(error.what()),
                      absl::StrCat("only ", others.size() + 1, " of ", threads, " threads"));
  }
  all_tried.count_down();
  for (std::thread& other : others) other.join();
  if (status.ok()) seen = std::max<int>(seen, threads);
  return status;
}

std::shared_ptr<void> AllowThreads(int threads) {
  if (threads <= AvailableThreads()) return nullptr;
  return std::make_shared<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                               threads);
}

absl::Status RunOnThreads(int count, int threads, absl::FunctionRef<absl::Status(int)> work) {
  if (threads < 1) {
    return absl::InvalidArgumentError(absl::StrCat(threads, " threads, expected at least 1"));
  }
  RETURN_IF_ERROR(CheckThreads(std::min(threads, count)));
  std::atomic<int> next = 0;
  std::mutex mutex;
  absl::Status first;
  const auto run = [&] {
    for (;;) {
      const int i = next++;
      if (i >= count) return;
      absl::Status status;
      // While a piece waits for tasks of its own, its thread does not begin another piece.
      tbb::this_task_arena::isolate([&] { status = work(i); });
      if (status.ok()) continue;
      next = count;
      const std::lock_guard lock(mutex);
      first.Update(status);
    }
  };
  const std::shared_ptr<void> allowed = AllowThreads(threads);
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::task_group others;
    for (int i = 1; i < std::min(threads, count); ++i) others.run(run);
    others.run_and_wait(run);
  });
  return first;
}

}  // namespace hod
