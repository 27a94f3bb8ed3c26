// Text lines in gzip files: the container of recorded traces.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

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

  int64_t line_number() const { return line_number_; }  // Of the last line read, from 1.
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

// Writes to PATH.tmp; the file appears under its name only when Finish() succeeds.
class GzipLineWriter {
 public:
  static absl::StatusOr<GzipLineWriter> Create(const std::string& path);
  GzipLineWriter(GzipLineWriter&&) = default;
  ~GzipLineWriter();  // Without Finish(), removes the temporary file.

  absl::Status Write(absl::string_view line);
  absl::Status Finish();

 private:
  struct Close {
    void operator()(void* file) const;
  };
  GzipLineWriter(std::string path, void* file) : path_(std::move(path)), file_(file) {}
  absl::Status Failed(const char* what) const;

  std::string path_;
  std::unique_ptr<void, Close> file_;
};

}  // namespace hod
