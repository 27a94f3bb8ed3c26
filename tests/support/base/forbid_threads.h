// A process that may not start threads.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace hod {

// From now on the system starts no thread of this process, which should be a child made for it.
inline void ForbidThreads() {
  constexpr uid_t kNobody = 65534;
  const rlimit limit = {1, 1};
  if (setrlimit(RLIMIT_NPROC, &limit) != 0) std::abort();
  // The limit is not for root.
  if (getuid() == 0 && setresuid(kNobody, kNobody, kNobody) != 0) std::abort();
}

}  // namespace hod
