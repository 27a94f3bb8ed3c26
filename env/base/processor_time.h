// What this process has cost.
#pragma once

#include <ctime>

namespace hod {

// Seconds of processor time that all threads of this process have used.
inline double ProcessorSeconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace hod
