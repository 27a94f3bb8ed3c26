// An open file of the operating system.
#pragma once

#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace hod {

// Owns a file descriptor; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }

  int get() const { return fd_; }
  // Gives up ownership.
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// An error of the system about a file: "path: cannot WHAT: the system's reason".
absl::Status SystemError(const std::string& path, const std::string& what, int error);
// The same with the errno of now.
absl::Status SystemError(const std::string& path, const std::string& what);

struct FileError {
  int error;  // An errno.
  std::string path;
};
// What SystemError() was told, also after Annotate(); nothing of other statuses.
std::optional<FileError> FileErrorOf(const absl::Status& status);

// open() with `flags` and, for a file that is made, the mode 0666 less the umask; programs that
// this process becomes don't have it. An interrupted call is made again. The error says that the
// process cannot `what` the file, which it calls `shown`.
absl::StatusOr<Descriptor> OpenFile(const std::string& path, int flags, const char* what,
                                    const std::string& shown);

// Refuses directories. Waits for the other end of a pipe.
absl::StatusOr<Descriptor> OpenForReading(const std::string& path);

}  // namespace hod
