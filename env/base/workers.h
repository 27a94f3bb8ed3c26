// Independent pieces of work on several threads, with one line of progress.
#pragma once

#include <mutex>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "env/base/progress.h"

namespace hod {

// Calls `work` with every number below `count`, in order of their beginning, on `threads` threads.
// After an error no other piece begins; returns the first.
absl::Status RunOnThreads(int count, int threads, absl::FunctionRef<absl::Status(int)> work);

// Progress that several threads report: positions done, of how many, at what rate.
class SharedProgress {
 public:
  SharedProgress(const std::string& phase, double total);
  // `details` of the last report stand behind the rate.
  void Add(double positions, const std::string& details = "");

 private:
  std::mutex mutex_;
  ProgressLine line_;
  const double total_;
  const absl::Time began_;
  double done_ = 0;
};

}  // namespace hod
