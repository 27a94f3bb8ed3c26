// A disk that is full.
#pragma once

#include <sys/resource.h>

#include <csignal>

namespace hod {

// While it lives, no file of this process can grow beyond `bytes`: as on a full disk, writes fail.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit = {bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FullDisk(const FullDisk&) = delete;

 private:
  void (*old_handler_)(int);
  rlimit old_;
};

}  // namespace hod
