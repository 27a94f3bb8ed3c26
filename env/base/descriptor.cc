#include "env/base/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "env/base/status.h"

namespace hod {
namespace {

// The payload of such a status: "errno path".
constexpr char kFileError[] = "hod/file";

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

absl::Status SystemError(const std::string& path, const std::string& what, int error) {
  absl::Status status(CodeOf(error),
                      absl::StrCat(path, ": cannot ", what, ": ", std::strerror(error)));
  status.SetPayload(kFileError, absl::Cord(absl::StrCat(error, " ", path)));
  return status;
}

absl::Status SystemError(const std::string& path, const std::string& what) {
  return SystemError(path, what, errno);
}

std::optional<FileError> FileErrorOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kFileError);
  if (!payload) return std::nullopt;
  const std::string text(*payload);
  const size_t space = text.find(' ');
  FileError result{0, text.substr(space + 1)};
  if (!absl::SimpleAtoi(text.substr(0, space), &result.error)) return std::nullopt;
  return result;
}

absl::StatusOr<Descriptor> OpenFile(const std::string& path, int flags, const char* what,
                                    const std::string& shown) {
  int fd = -1;
  do {
    fd = open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return SystemError(shown, what);
  return Descriptor(fd);
}

absl::StatusOr<Descriptor> OpenForReading(const std::string& path) {
  if (path.empty()) return absl::InvalidArgumentError("an empty path, expected a file to read");
  ASSIGN_OR_RETURN(Descriptor file, OpenFile(path, O_RDONLY, "read", path));
  struct stat info;
  if (fstat(file.get(), &info) != 0) return SystemError(path, "read");
  if (S_ISDIR(info.st_mode)) return SystemError(path, "read", EISDIR);
  return file;
}

}  // namespace hod
