// What the threads of a process did when, to see whether the network waits for anything.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "env/base/clock.h"

namespace hod::engine {

enum class Work { kNetwork, kGames };

class Timeline {
 public:
  // Records from its construction to its end on the calling thread. `timeline` may be null.
  class Span {
   public:
    Span(Timeline* timeline, Work work);
    ~Span();

   private:
    Timeline* timeline_;
    Work work_;
    MonotonicTime begin_;
  };

  // Seconds of one thread's time; threads are numbered as they appear.
  struct Interval {
    int thread;
    Work work;
    double begin, end;  // Since the timeline was made.
  };

  std::vector<Interval> intervals() const;
  // Seconds spent on `work` from `begin` on, summed over all threads.
  double Seconds(Work work, double begin = 0) const;
  double Now() const { return absl::ToDoubleSeconds(MonotonicNow() - start_); }

 private:
  int ThreadNumber();  // Number of the calling thread. Requires the lock.

  const MonotonicTime start_ = MonotonicNow();
  mutable std::mutex mutex_;
  std::vector<Interval> intervals_;
  std::vector<uint64_t> threads_;
};

}  // namespace hod::engine
