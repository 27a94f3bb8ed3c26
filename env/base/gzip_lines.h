// Text lines in gzip files: the container of recorded traces.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/base/files.h"

namespace hod {

// Lines longer than this are refused, so that a malicious file cannot exhaust memory.
inline constexpr size_t kMaxTraceLine = size_t{64} << 20;

class GzipLineReader {
 public:
  // Lines of more than `max_line` bytes are refused.
  static absl::StatusOr<GzipLineReader> Open(const std::string& path,
                                             size_t max_line = kMaxTraceLine);

  // Reads the next line without its newline; false at the end. A truncated or corrupt file is an
  // error that names the file and the line.
  absl::StatusOr<bool> Next(std::string& line);

  int64_t line_number() const { return line_number_; }  // The last line read; counts from 1.
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(void* file) const;
  };
  GzipLineReader(std::string path, size_t max_line, void* file)
      : path_(std::move(path)), max_line_(max_line), file_(file) {}

  std::string path_;
  size_t max_line_;
  std::unique_ptr<void, Close> file_;
  std::string buffer_;  // Read from the file; lines up to `at_` have been returned.
  size_t at_ = 0;
  int64_t line_number_ = 0;
};

// The first line of a file, to tell its kind before its reader opens it again: pipes and devices
// are refused, as what was read from them is gone.
absl::StatusOr<std::string> FirstLine(const std::string& path);

// The file appears under its name when Finish() succeeds, as an AtomicFile does; otherwise nothing
// is left.
class GzipLineWriter {
 public:
  static absl::StatusOr<GzipLineWriter> Create(const std::string& path);

  absl::Status Write(absl::string_view line);
  absl::Status Finish();

 private:
  class Deflater;
  struct Delete {
    void operator()(Deflater* deflater) const;
  };
  GzipLineWriter(AtomicFile file, std::unique_ptr<Deflater, Delete> deflater)
      : file_(std::move(file)), deflater_(std::move(deflater)) {}

  AtomicFile file_;
  std::unique_ptr<Deflater, Delete> deflater_;
};

}  // namespace hod
