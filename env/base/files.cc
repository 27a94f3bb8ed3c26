#include "env/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace hod {
namespace {

absl::Status Failed(const std::string& path, const char* what) {
  return absl::UnavailableError(absl::StrCat(path, ": cannot ", what, ": ", std::strerror(errno)));
}

absl::Status WriteAndSync(const std::string& path, const std::string& contents) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return Failed(path, "create");
  size_t written = 0;
  while (written < contents.size()) {
    const ssize_t n = write(file, contents.data() + written, contents.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    written += static_cast<size_t>(n);
  }
  absl::Status status;
  if (written < contents.size()) status = Failed(path, "write");
  if (status.ok() && fsync(file) != 0) status = Failed(path, "sync");
  if (close(file) != 0 && status.ok()) status = Failed(path, "close");
  return status;
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  // A directory can be opened, too, but peek() fails. Copying nothing would fail as well.
  if (in.peek() != EOF) out << in.rdbuf();
  if (in.fail() || out.fail()) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot read: ", std::strerror(errno)));
  }
  return out.str();
}

absl::Status WriteFileAtomically(const std::string& path, const std::string& contents) {
  const std::string temporary = path + ".tmp";
  absl::Status status = WriteAndSync(temporary, contents);
  if (status.ok() && std::rename(temporary.c_str(), path.c_str()) != 0) {
    status = Failed(path, "rename");
  }
  if (!status.ok()) unlink(temporary.c_str());
  return status;
}

absl::Status MakeDirectories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat(path, ": cannot create directory: ", error.message()));
  }
  return absl::OkStatus();
}

}  // namespace hod
