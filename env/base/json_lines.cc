#include "env/base/json_lines.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "env/base/descriptor.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod {
namespace {

constexpr size_t kTailBytes = 64;

// The bytes from `offset` on.
absl::StatusOr<std::string> ReadFrom(const std::string& path, int fd, int64_t offset) {
  std::string bytes;
  for (size_t done = 0;;) {
    if (done == bytes.size()) bytes.resize(std::max<size_t>(2 * done, 1 << 16));
    const ssize_t n = pread(fd, bytes.data() + done, bytes.size() - done,
                            static_cast<off_t>(offset + static_cast<int64_t>(done)));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, "read");
    done += static_cast<size_t>(n);
    if (n == 0) {
      bytes.resize(done);
      return bytes;
    }
  }
}

}  // namespace

absl::StatusOr<JsonLinesWriter> JsonLinesWriter::Open(const std::string& path) {
  ASSIGN_OR_RETURN(AppendLog log, AppendLog::Open(path));
  return JsonLinesWriter(std::move(log));
}

absl::Status JsonLinesWriter::Write(const nlohmann::json& object) {
  return log_.Write(DumpJson(object) + "\n");
}

absl::StatusOr<std::vector<nlohmann::json>> JsonLinesFollower::Poll() {
  restarted_ = false;
  std::vector<nlohmann::json> objects;
  const auto restart = [&] {
    restarted_ = offset_ > 0;
    offset_ = lines_ = 0;
    tail_.clear();
  };
  absl::StatusOr<Descriptor> file = OpenForReading(path_);
  if (absl::IsNotFound(file.status())) {
    restart();
    return objects;
  }
  RETURN_IF_ERROR(file.status());
  struct stat info;
  if (fstat(file->get(), &info) != 0) return SystemError(path_, "read");
  if (info.st_dev != device_ || info.st_ino != inode_) restart();
  device_ = info.st_dev;
  inode_ = info.st_ino;
  const auto tail_bytes = static_cast<int64_t>(tail_.size());
  ASSIGN_OR_RETURN(std::string bytes, ReadFrom(path_, file->get(), offset_ - tail_bytes));
  size_t begin = tail_.size();
  if (bytes.compare(0, begin, tail_) != 0) {
    restart();
    ASSIGN_OR_RETURN(bytes, ReadFrom(path_, file->get(), 0));
    begin = 0;
  }
  const size_t first = begin;
  int64_t lines = lines_;
  for (size_t end; (end = bytes.find('\n', begin)) != std::string::npos; begin = end + 1) {
    ++lines;
    auto object = ParseJson(absl::string_view(bytes).substr(begin, end - begin));
    if (!object.ok() || !object->is_object()) {
      return absl::DataLossError(absl::StrCat(path_, ": line ", lines, ": expected a JSON object"));
    }
    objects.push_back(*std::move(object));
  }
  offset_ += static_cast<int64_t>(begin - first);
  lines_ = lines;
  const size_t kept = std::min(begin, kTailBytes);
  tail_ = bytes.substr(begin - kept, kept);
  return objects;
}

absl::StatusOr<std::vector<nlohmann::json>> ReadJsonLines(const std::string& path) {
  return JsonLinesFollower(path).Poll();
}

double NumberAt(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0.0;
}

}  // namespace hod
