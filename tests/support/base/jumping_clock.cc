#include "tests/support/base/jumping_clock.h"

#include <cstdlib>

namespace hod {

JumpingClock::JumpingClock(const std::string& at, int seconds) {
  setenv("LD_PRELOAD", HOD_WALL_CLOCK, 1);
  setenv("HOD_WALL_CLOCK_AT", at.c_str(), 1);
  setenv("HOD_WALL_CLOCK_JUMP", std::to_string(seconds).c_str(), 1);
}

JumpingClock::~JumpingClock() { unsetenv("LD_PRELOAD"); }

}  // namespace hod
