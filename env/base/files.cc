#include "env/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "env/base/status.h"

namespace hod {
namespace {

constexpr size_t kBlock = 1 << 16;

absl::Status EmptyPath(const char* expected) {
  return absl::InvalidArgumentError(absl::StrCat("an empty path, expected ", expected));
}

// fsync(), until it is not interrupted.
bool Sync(int fd) {
  int result = -1;
  do {
    result = fsync(fd);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

absl::Status WriteAll(int fd, const std::string& path, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, "write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

// The folder that holds `path`, up to and with its last slash.
std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "./" : path.substr(0, slash + 1);
}

// The number of one of this process's open files, if the path names one: /dev/fd/N. To open such a
// path anew would cut off what others wrote, or fail, so these are duplicated.
std::optional<int> OpenFileNumber(absl::string_view path) {
  int number = 0;
  if (path == "/dev/stdin") return STDIN_FILENO;
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  const std::string own = absl::StrCat("/proc/", getpid(), "/fd/");
  for (const absl::string_view folder :
       {absl::string_view("/dev/fd/"), absl::string_view("/proc/self/fd/"),
        absl::string_view("/proc/thread-self/fd/"), absl::string_view(own)}) {
    absl::string_view name = path;
    if (absl::ConsumePrefix(&name, folder) && absl::SimpleAtoi(name, &number)) return number;
  }
  return std::nullopt;
}

// What a path that is to be written leads to.
struct Output {
  std::string target;          // The path with symbolic links followed.
  std::optional<int> open_as;  // One of this process's open files.
  std::optional<mode_t> mode;  // The mode of what is there, if anything is.
  bool is_replaceable() const { return !open_as && (!mode || S_ISREG(*mode)); }
};

absl::StatusOr<Output> FindOutput(const std::string& path) {
  constexpr int kMaxLinks = 40;  // The kernel's limit.
  if (path.empty()) return EmptyPath("a file to write");
  Output output{path, std::nullopt, std::nullopt};
  for (int links = 0; links <= kMaxLinks; ++links) {
    output.open_as = OpenFileNumber(output.target);
    if (output.open_as) return output;
    const absl::string_view target = output.target;
    if (absl::EndsWith(target, "/")) return SystemError(path, "write", EISDIR);
    struct stat info;
    if (lstat(output.target.c_str(), &info) != 0) {
      if (errno != ENOENT) return SystemError(path, "write");
      if (links == 0 || stat(path.c_str(), &info) != 0) return output;
      // A link of /proc to a pipe or to a deleted file, whose text is no path though it leads
      // there.
      if (S_ISREG(info.st_mode)) return SystemError(path, "write", ENOENT);
      output.target = path;
      output.mode = info.st_mode;
      return output;
    }
    if (S_ISDIR(info.st_mode)) return SystemError(path, "write", EISDIR);
    if (!S_ISLNK(info.st_mode)) {
      output.mode = info.st_mode;
      return output;
    }
    char link[PATH_MAX];
    const ssize_t length = readlink(output.target.c_str(), link, sizeof(link));
    if (length < 0) return SystemError(path, "write");
    const std::string to(link, static_cast<size_t>(length));
    output.target = to[0] == '/' ? to : FolderOf(output.target) + to;
  }
  return SystemError(path, "write", ELOOP);
}

// Whether `output` could be written, as far as its permissions tell.
absl::Status CheckAccess(const std::string& path, const Output& output) {
  if (output.open_as) {
    const int flags = fcntl(*output.open_as, F_GETFL);
    if (flags < 0) return SystemError(path, "write");
    if ((flags & O_ACCMODE) == O_RDONLY) return SystemError(path, "write", EBADF);
    return absl::OkStatus();
  }
  if (output.mode && access(output.target.c_str(), W_OK) != 0) {
    return SystemError(path, "write");
  }
  if (output.is_replaceable() && access(FolderOf(output.target).c_str(), W_OK | X_OK) != 0) {
    return SystemError(path, "write");
  }
  return absl::OkStatus();
}

// Waits until somebody reads the pipe. open() would wait, too, but has to be called again when it
// is interrupted; this ends with a signal, as a reader may never come.
absl::StatusOr<Descriptor> OpenPipe(const std::string& path, const Output& output) {
  constexpr timespec kPause = {.tv_sec = 0, .tv_nsec = 20'000'000};
  while (true) {
    auto pipe = OpenFile(output.target, O_WRONLY | O_NONBLOCK, "open", path);
    const std::optional<FileError> error = FileErrorOf(pipe.status());
    if (!error || error->error != ENXIO) {
      RETURN_IF_ERROR(pipe.status());
      if (fcntl(pipe->get(), F_SETFL, O_WRONLY) != 0) return SystemError(path, "open");
      return pipe;
    }
    if (nanosleep(&kPause, nullptr) != 0) {
      return SystemError(path, "wait for a reader of the pipe");
    }
  }
}

// Opens what is not replaced but written through.
absl::StatusOr<Descriptor> OpenThrough(const std::string& path, const Output& output) {
  if (!output.open_as) {
    return output.mode && S_ISFIFO(*output.mode)
               ? OpenPipe(path, output)
               : OpenFile(output.target, O_WRONLY | O_NOCTTY, "open", path);
  }
  std::fflush(nullptr);  // What was printed before comes before.
  Descriptor file(fcntl(*output.open_as, F_DUPFD_CLOEXEC, 0));
  if (file.get() < 0) return SystemError(path, "open");
  return file;
}

// Makes a rename in `folder` survive a power failure.
absl::Status SyncFolder(const std::string& path, const std::string& folder) {
  const auto directory = OpenFile(folder, O_RDONLY | O_DIRECTORY, "sync the folder of", path);
  if (absl::IsPermissionDenied(directory.status())) return absl::OkStatus();  // Not to be read.
  RETURN_IF_ERROR(directory.status());
  // Some file systems cannot sync folders.
  if (Sync(directory->get()) || errno == EINVAL) return absl::OkStatus();
  return SystemError(path, "sync the folder of");
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  ASSIGN_OR_RETURN(const Descriptor file, OpenForReading(path));
  struct stat info;
  if (fstat(file.get(), &info) != 0) return SystemError(path, "read");
  std::string bytes;
  if (S_ISREG(info.st_mode)) {
    const auto size = static_cast<size_t>(info.st_size);
    if (size > max_bytes) {
      return absl::DataLossError(
          absl::StrCat(path, ": has ", size, " bytes, expected at most ", max_bytes));
    }
    bytes.reserve(size + 1);  // The byte more is for the read that finds the end.
  }
  // Until the end rather than for a size, which pipes and /proc don't have and others may change.
  for (size_t done = 0;;) {
    if (done == bytes.size()) bytes.resize(std::max({bytes.capacity(), 2 * done, kBlock}));
    const ssize_t n = read(file.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, "read");
    done += static_cast<size_t>(n);
    if (done > max_bytes) {
      return absl::DataLossError(
          absl::StrCat(path, ": has more than ", max_bytes, " bytes, the most expected"));
    }
    if (n == 0) {
      bytes.resize(done);
      return bytes;
    }
  }
}

std::optional<std::string> FinalName(const std::string& temporary) {
  absl::string_view name = temporary;
  if (!absl::ConsumeSuffix(&name, kTemporarySuffix)) return std::nullopt;
  const size_t digits = name.find_last_not_of("0123456789") + 1;
  if (digits < name.size() && digits > 1 && name[digits - 1] == '.')
    name = name.substr(0, digits - 1);
  return std::string(name);
}

AtomicFile::AtomicFile(std::string path, std::string target, std::string temporary, Descriptor file)
    : path_(std::move(path)),
      target_(std::move(target)),
      temporary_(std::move(temporary)),
      file_(std::move(file)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::move(other.file_)),
      status_(std::move(other.status_)) {}

AtomicFile::~AtomicFile() { Discard(); }

absl::StatusOr<AtomicFile> AtomicFile::Create(const std::string& path) {
  ASSIGN_OR_RETURN(const Output output, FindOutput(path));
  // A file that may not be written is not replaced either.
  RETURN_IF_ERROR(CheckAccess(path, output));
  if (!output.is_replaceable()) {
    ASSIGN_OR_RETURN(Descriptor through, OpenThrough(path, output));
    return AtomicFile(path, output.target, /*temporary=*/"", std::move(through));
  }
  for (int taken = 0;; ++taken) {
    const std::string number = taken == 0 ? "" : absl::StrCat(".", taken);
    const std::string temporary = absl::StrCat(output.target, number, kTemporarySuffix);
    auto file = OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, "create", path);
    if (absl::IsAlreadyExists(file.status())) continue;
    RETURN_IF_ERROR(file.status());
    AtomicFile created(path, output.target, temporary, *std::move(file));
    if (output.mode && fchmod(created.file_.get(), *output.mode & 07777) != 0) {
      return SystemError(path, "set the permissions of");
    }
    return created;
  }
}

absl::Status AtomicFile::Write(absl::string_view bytes) {
  RETURN_IF_ERROR(status_);
  status_ = WriteAll(file_.get(), path_, bytes);
  if (!status_.ok()) Discard();
  return status_;
}

absl::Status AtomicFile::Commit() {
  RETURN_IF_ERROR(status_);
  status_ = Replace();
  absl::Status result = status_;
  Discard();
  if (status_.ok()) status_ = absl::FailedPreconditionError(path_ + ": already written");
  return result;
}

absl::Status AtomicFile::Replace() {
  if (!temporary_.empty() && !Sync(file_.get())) return SystemError(path_, "sync");
  if (close(file_.Release()) != 0 && errno != EINTR) return SystemError(path_, "close");
  if (temporary_.empty()) return absl::OkStatus();
  const bool is_new = access(target_.c_str(), F_OK) != 0;
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    return SystemError(path_, "replace");
  }
  temporary_.clear();
  absl::Status status = SyncFolder(path_, FolderOf(target_));
  // Whoever is told that a file could not be written makes it again, and should not find it there.
  if (!status.ok() && is_new) unlink(target_.c_str());
  return status;
}

void AtomicFile::Discard() {
  file_ = Descriptor();
  if (!temporary_.empty()) unlink(std::exchange(temporary_, {}).c_str());
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view contents) {
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
  RETURN_IF_ERROR(file.Write(contents));
  return file.Commit();
}

absl::StatusOr<AppendLog> AppendLog::Open(const std::string& path) {
  ASSIGN_OR_RETURN(const Output output, FindOutput(path));
  if (!output.is_replaceable()) {
    ASSIGN_OR_RETURN(Descriptor through, OpenThrough(path, output));
    return AppendLog(path, std::move(through));
  }
  ASSIGN_OR_RETURN(Descriptor file,
                   OpenFile(output.target, O_RDWR | O_APPEND | O_CREAT, "open", path));
  struct stat info;
  if (fstat(file.get(), &info) != 0) return SystemError(path, "read");
  // The last newline, sought from the end.
  off_t end = info.st_size;
  std::string block;
  while (end > 0) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(kBlock));
    block.resize(static_cast<size_t>(end - begin));
    const ssize_t n = pread(file.get(), block.data(), block.size(), begin);
    if (n < 0 && errno == EINTR) continue;
    if (n != end - begin) return SystemError(path, "read", n < 0 ? errno : EIO);
    const size_t newline = block.rfind('\n');
    end = newline == std::string::npos ? begin : begin + static_cast<off_t>(newline) + 1;
    if (newline != std::string::npos) break;
  }
  if (end < info.st_size && ftruncate(file.get(), end) != 0) {
    return SystemError(path, "cut off the unfinished last line of");
  }
  return AppendLog(path, std::move(file));
}

absl::Status AppendLog::Write(absl::string_view lines) {
  struct stat info;
  if (fstat(file_.get(), &info) != 0) return SystemError(path_, "write");
  absl::Status status = WriteAll(file_.get(), path_, lines);
  // Half a line would spoil the next one.
  if (!status.ok() && S_ISREG(info.st_mode) && ftruncate(file_.get(), info.st_size) != 0) {
    return absl::DataLossError(absl::StrCat(status.message(), "; an unfinished line is left"));
  }
  return status;
}

absl::Status MakeDirectories(const std::string& path) {
  if (path.empty()) return EmptyPath("a folder");
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return SystemError(path, "create directory", error.value());
  return absl::OkStatus();
}

absl::Status CheckWritable(const std::string& path) {
  ASSIGN_OR_RETURN(const Output output, FindOutput(path));
  // To open a pipe would wait for its reader. Other files are tried, since permissions do not tell
  // all: /proc takes none, and a name with its suffix may be too long.
  return output.is_replaceable() ? AtomicFile::Create(path).status() : CheckAccess(path, output);
}

}  // namespace hod
