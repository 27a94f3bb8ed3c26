#include "env/base/output_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "env/base/descriptor.h"

namespace hod {
namespace {

// With slashes at its end, a link that leads nowhere would be passed over.
std::string WithoutSlashesAtEnd(const std::string& path) {
  const size_t end = path.find_last_not_of('/');
  return end == std::string::npos ? "/" : path.substr(0, end + 1);
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : WithoutSlashesAtEnd(path.substr(0, slash + 1));
}

}  // namespace

absl::Status CheckFolderWritable(const std::string& path) {
  if (path.empty()) return absl::InvalidArgumentError("an empty path, expected a folder");
  // The folder itself, or the one in which the first that is missing would be made.
  std::string folder = WithoutSlashesAtEnd(path);
  struct stat info;
  while (lstat(folder.c_str(), &info) != 0) {
    if (errno != ENOENT) return SystemError(path, "write to");
    folder = ParentOf(folder);
  }
  if (stat(folder.c_str(), &info) != 0) return SystemError(path, "write to");
  if (!S_ISDIR(info.st_mode)) {
    errno = ENOTDIR;
    return SystemError(path, "write to");
  }
  // Permissions do not tell all (/proc takes no folder), so it is tried, under a name of its own.
  std::string tried = folder + "/.hod-XXXXXX";
  if (mkdtemp(tried.data()) == nullptr || rmdir(tried.c_str()) != 0) {
    return SystemError(path, "write to");
  }
  return absl::OkStatus();
}

}  // namespace hod
