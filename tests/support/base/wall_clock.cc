// A library to preload: the wall clock is HOD_WALL_CLOCK_JUMP seconds further, or back, once the
// file HOD_WALL_CLOCK_AT exists.
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  const char* const at = std::getenv("HOD_WALL_CLOCK_AT");
  const char* const jump = std::getenv("HOD_WALL_CLOCK_JUMP");
  if (clock == CLOCK_REALTIME && at != nullptr && jump != nullptr && access(at, F_OK) == 0) {
    time->tv_sec += std::atol(jump);
  }
  return static_cast<int>(result);
}

// What Redis asks for.
extern "C" int gettimeofday(timeval* time, void*) noexcept {
  timespec now;
  const int result = clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return result;
}
