// Time as it passes, for durations, rates and deadlines. It never jumps, unlike the wall clock
// (absl::Now), which only serves to stamp what is stored. The two do not mix: they have no common
// type.
#pragma once

#include <chrono>
#include <compare>

#include "absl/time/time.h"

namespace hod {

// A moment of this process: the time since some fixed moment of the past, which is MonotonicTime().
// An infinite duration may be added, for a deadline that never comes.
class MonotonicTime {
 public:
  MonotonicTime() = default;

  friend absl::Duration operator-(MonotonicTime a, MonotonicTime b) { return a.since_ - b.since_; }
  friend MonotonicTime operator+(MonotonicTime time, absl::Duration d) { return time += d; }
  friend MonotonicTime operator-(MonotonicTime time, absl::Duration d) { return time += -d; }
  MonotonicTime& operator+=(absl::Duration duration) {
    since_ += duration;
    return *this;
  }
  friend bool operator==(MonotonicTime a, MonotonicTime b) { return a.since_ == b.since_; }
  friend std::strong_ordering operator<=>(MonotonicTime a, MonotonicTime b) {
    if (a.since_ == b.since_) return std::strong_ordering::equal;
    return a.since_ < b.since_ ? std::strong_ordering::less : std::strong_ordering::greater;
  }

 private:
  absl::Duration since_;
};

inline MonotonicTime MonotonicNow() {
  return MonotonicTime() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// Runs from its construction on.
class Stopwatch {
 public:
  absl::Duration Elapsed() const { return MonotonicNow() - began_; }
  double Seconds() const { return absl::ToDoubleSeconds(Elapsed()); }
  void Restart() { began_ = MonotonicNow(); }

 private:
  MonotonicTime began_ = MonotonicNow();
};

}  // namespace hod
