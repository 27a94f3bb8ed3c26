#include "env/base/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace hod {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EEXIST:
      return absl::StatusCode::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status SystemError(const std::string& path, const char* what) {
  const int error = errno;
  return absl::Status(CodeOf(error),
                      absl::StrCat(path, ": cannot ", what, ": ", std::strerror(error)));
}

absl::StatusOr<Descriptor> OpenForReading(const std::string& path) {
  if (path.empty()) return absl::InvalidArgumentError("an empty path, expected a file to read");
  int fd = -1;
  do {
    fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  Descriptor file(fd);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) != 0) return SystemError(path, "read");
  if (S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    return SystemError(path, "read");
  }
  return file;
}

}  // namespace hod
