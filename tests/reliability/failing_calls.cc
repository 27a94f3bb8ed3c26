// A library to preload: the HOD_FAIL_AT-th call of HOD_FAIL_CALL (open, write, fsync, rename or
// mkdir) on what lies below the folder HOD_FAIL_UNDER fails with the error HOD_FAIL_ERROR, a number
// of errno; "short" as the error writes half. Calls are counted over all processes in the file
// HOD_FAIL_COUNTER, which holds one 64-bit integer; at 0 they are only counted. Opens
// count that write.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::string Setting(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

struct Plan {
  std::string call = Setting("HOD_FAIL_CALL"), under = Setting("HOD_FAIL_UNDER");
  std::string error = Setting("HOD_FAIL_ERROR");
  int64_t at = std::atoll(Setting("HOD_FAIL_AT").c_str());
  std::atomic<int64_t>* counter = nullptr;

  Plan() {
    const int fd = Next<int (*)(const char*, int, ...)>("open")(Setting("HOD_FAIL_COUNTER").c_str(),
                                                                O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void* const memory = mmap(nullptr, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (memory != MAP_FAILED) counter = static_cast<std::atomic<int64_t>*>(memory);
  }
};

const Plan& ThePlan() {
  static const Plan& plan = *new Plan;
  return plan;
}

// Whether this call is the one that fails.
bool Fails(const char* call, const std::string& path) {
  const Plan& plan = ThePlan();
  if (plan.counter == nullptr || plan.call != call || path.rfind(plan.under, 0) != 0) return false;
  return ++*plan.counter == plan.at;
}

std::string Absolute(const char* path) {
  if (path[0] == '/') return path;
  char folder[PATH_MAX];
  return getcwd(folder, sizeof(folder)) != nullptr ? std::string(folder) + "/" + path : path;
}

std::string PathOf(int fd) {
  char path[PATH_MAX];
  const ssize_t length =
      readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof(path));
  return length > 0 ? std::string(path, static_cast<size_t>(length)) : "";
}

int Error() { return std::atoi(ThePlan().error.c_str()); }

int Failed() {
  errno = Error();
  return -1;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && Fails("open", Absolute(path))) {
    return Failed();
  }
  static const auto next = Next<int (*)(const char*, int, ...)>("open");
  return next(path, flags, mode);
}

ssize_t write(int fd, const void* bytes, size_t count) {
  static const auto next = Next<ssize_t (*)(int, const void*, size_t)>("write");
  if (!Fails("write", PathOf(fd))) return next(fd, bytes, count);
  if (ThePlan().error == "short") return next(fd, bytes, count > 1 ? count / 2 : count);
  return Failed();
}

int fsync(int fd) {
  static const auto next = Next<int (*)(int)>("fsync");
  return Fails("fsync", PathOf(fd)) ? Failed() : next(fd);
}

int rename(const char* from, const char* to) noexcept {
  static const auto next = Next<int (*)(const char*, const char*)>("rename");
  return Fails("rename", Absolute(to)) ? Failed() : next(from, to);
}

int mkdir(const char* path, mode_t mode) noexcept {
  static const auto next = Next<int (*)(const char*, mode_t)>("mkdir");
  return Fails("mkdir", Absolute(path)) ? Failed() : next(path, mode);
}

}  // extern "C"
