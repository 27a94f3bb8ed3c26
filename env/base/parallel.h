// Independent pieces of work on several threads.
#pragma once

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace hod {

// How many threads this process may run at once: the processors it is given, not those there are.
int AvailableThreads();

// What a setting of threads means: so many, or for 0 as many as this process may run at once.
int NumThreads(int setting);

// While the result lives, oneTBB runs so many threads, even if there are fewer processors: they may
// be waiting for something else.
std::shared_ptr<void> AllowThreads(int threads);

// Calls `work` with every number below `count`, in order of their beginning, on up to `threads` >=
// 1 threads, of which the caller's is one. Pieces must not wait for each other. After an error no
// other piece begins; returns the first.
absl::Status RunOnThreads(int count, int threads, absl::FunctionRef<absl::Status(int)> work);

}  // namespace hod
