// Independent pieces of work on several threads.
#pragma once

#include <future>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hod {

// What errors say of a thread that the system, for this reason, did not start.
absl::Status ThreadError(absl::string_view reason);

// How many threads this process may run at once: the processors it is given, not those there are.
int AvailableThreads();

// What a setting of threads means: so many, or for 0 as many as this process may run at once.
int NumThreads(int setting);

// An error unless the system lets `threads` >= 1 threads run at once (`ulimit -u`). To be asked
// before oneTBB starts them, which ends the program where it cannot. What has been seen once is not
// tried again.
absl::Status CheckThreads(int threads);

// Begins `work` on a thread of its own. An error where the system does not start one.
template <typename Work>
absl::StatusOr<std::future<std::invoke_result_t<Work>>> RunBeside(Work work) {
  try {
    return std::async(std::launch::async, std::move(work));
  } catch (const std::system_error& error) {
    return ThreadError(error.what());
  }
}

// While the result lives, oneTBB runs so many threads, even if there are fewer processors: they may
// be waiting for something else.
std::shared_ptr<void> AllowThreads(int threads);

// Calls `work` with every number below `count`, in order of their beginning, on up to `threads` >=
// 1 threads, of which the caller's is one. Pieces must not wait for each other. After an error no
// other piece begins; returns the first. Nothing has begun if there cannot be so many threads.
absl::Status RunOnThreads(int count, int threads, absl::FunctionRef<absl::Status(int)> work);

}  // namespace hod
