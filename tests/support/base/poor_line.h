// A network line that is slow, loses packets, or is cut.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "absl/time/time.h"

namespace hod {

// Leads from here to a place whose network is otherwise empty: every IP packet in either direction
// passes through a thread that may hold it back or throw it away. What holds it all is the kernel's
// own TCP.
class PoorLine {
 public:
  // Whether there can be one; warns that the test is skipped if not.
  static bool Available();

  PoorLine();
  ~PoorLine();
  PoorLine(const PoorLine&) = delete;
  PoorLine& operator=(const PoorLine&) = delete;

  // Runs it in that place; processes that it starts stay there.
  void There(const std::function<void()>& work) const;
  // What that place is called here.
  const std::string& address() const { return there_; }

  void Cut(bool cut) { cut_ = cut; }
  // What happens to each packet on its way in one direction.
  void Set(absl::Duration delay, double loss) {
    delay_us_ = absl::ToInt64Microseconds(delay);
    loss_ = loss;
  }

 private:
  void Relay();

  std::string here_, there_;
  int network_ = -1;                  // That place's.
  int near_end_ = -1, far_end_ = -1;  // Packets to and from here, and there.
  std::atomic<bool> cut_ = false, stop_ = false;
  std::atomic<int64_t> delay_us_ = 0;
  std::atomic<double> loss_ = 0;
  std::thread relay_;
};

}  // namespace hod
