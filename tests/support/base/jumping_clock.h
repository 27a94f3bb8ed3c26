// A wall clock that is set while programs run.
#pragma once

#include <string>

namespace hod {

// Programs that are started meanwhile see a wall clock that jumps by `seconds` once the file `at`
// exists. Programs with AddressSanitizer do not start with it.
class JumpingClock {
 public:
  JumpingClock(const std::string& at, int seconds);
  ~JumpingClock();
  JumpingClock(const JumpingClock&) = delete;
  JumpingClock& operator=(const JumpingClock&) = delete;
};

}  // namespace hod
