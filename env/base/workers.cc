#include "env/base/workers.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace hod {

absl::Status RunOnThreads(int count, int threads, absl::FunctionRef<absl::Status(int)> work) {
  std::atomic<int> next = 0;
  std::mutex mutex;
  absl::Status first;
  const auto run = [&] {
    for (;;) {
      const int i = next++;
      if (i >= count) return;
      absl::Status status = work(i);
      if (status.ok()) continue;
      next = count;
      const std::lock_guard lock(mutex);
      first.Update(status);
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(run);
  run();
  others.clear();
  return first;
}

SharedProgress::SharedProgress(const std::string& phase, double total)
    : line_(phase), total_(total), began_(absl::Now()) {}

void SharedProgress::Add(double positions, const std::string& details) {
  const std::lock_guard lock(mutex_);
  done_ += positions;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began_);
  line_.Update(done_ / total_, absl::StrFormat("%.3g positions/s  %s", done_ / seconds, details));
}

}  // namespace hod
