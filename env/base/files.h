// Files: read whole, written so that they appear complete or not at all, and appended to. Errors
// name the path and the system's reason.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/base/descriptor.h"

namespace hod {

// More than any file of ours has, and little enough to refuse before memory runs out.
inline constexpr size_t kMaxFileBytes = size_t{4} << 30;

// The contents of a file, pipe or device. More than `max_bytes` are an error.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes = kMaxFileBytes);

// A file NAME that is being written is NAME.tmp or, if there is one already, NAME.1.tmp and so on.
// A killed process leaves it behind.
inline constexpr char kTemporarySuffix[] = ".tmp";

// The NAME under which such a file would have appeared; nothing for other files.
std::optional<std::string> FinalName(const std::string& temporary);

// A file that appears under its name, whole and on the disk, when it is committed. Until then, and
// after an error, an earlier file of that name is as it was, or there is none. (If all but the last
// step succeeds, to sync the folder, the earlier file is replaced all the same: which of the two is
// there after a power failure is then open.) A replaced file's permissions are kept, and a symbolic
// link stays one: its target is replaced. What is no regular file (a device, a pipe, /dev/stdout,
// /dev/fd/N) cannot be replaced; bytes go there as they are written.
class AtomicFile {
 public:
  static absl::StatusOr<AtomicFile> Create(const std::string& path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  const std::string& path() const { return path_; }

  // After an error, Write and Commit return that error again.
  absl::Status Write(absl::string_view bytes);
  // Once, as the last call.
  absl::Status Commit();

 private:
  AtomicFile(std::string path, std::string target, std::string temporary, Descriptor file);
  absl::Status Replace();
  void Discard();

  std::string path_;       // The path as given, for errors.
  std::string target_;     // The path with symbolic links followed.
  std::string temporary_;  // Beside the target; empty if bytes are written through or it is gone.
  Descriptor file_;
  absl::Status status_;
};

absl::Status WriteFileAtomically(const std::string& path, absl::string_view contents);

// A file of lines that grows at its end, by one writer at a time.
class AppendLog {
 public:
  // Creates the file if it is missing. A last line left unfinished by a killed writer is cut off.
  static absl::StatusOr<AppendLog> Open(const std::string& path);

  const std::string& path() const { return path_; }

  // `lines` end with a newline. They are in the file when this returns; after an error none of
  // them is, and the next may be written.
  absl::Status Write(absl::string_view lines);

 private:
  AppendLog(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  Descriptor file_;
};

// Makes `path` with all above it; what exists already is fine.
absl::Status MakeDirectories(const std::string& path);

// Whether a file could be written at `path`, asked before long work. Leaves nothing behind.
absl::Status CheckWritable(const std::string& path);

}  // namespace hod
