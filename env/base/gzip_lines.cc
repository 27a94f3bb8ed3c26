#include "env/base/gzip_lines.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace hod {
namespace {

gzFile File(const auto& file) { return static_cast<gzFile>(file.get()); }
constexpr unsigned kBufferSize = 1 << 16;
std::string TemporaryName(const std::string& path) { return path + ".tmp"; }

}  // namespace

void GzipLineReader::Close::operator()(void* file) const { gzclose(static_cast<gzFile>(file)); }
void GzipLineWriter::Close::operator()(void* file) const { gzclose(static_cast<gzFile>(file)); }

absl::StatusOr<GzipLineReader> GzipLineReader::Open(const std::string& path, size_t max_line) {
  errno = 0;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot open: ", std::strerror(errno)));
  }
  gzbuffer(file, 1 << 18);
  return GzipLineReader(path, max_line, file);
}

absl::StatusOr<bool> GzipLineReader::Next(std::string& line) {
  line.clear();
  for (;;) {
    const size_t newline = buffer_.find('\n', at_);
    line.append(buffer_, at_, newline - at_);
    if (line.size() > max_line_) {
      return absl::DataLossError(absl::StrCat(path_, ": line ", line_number_ + 1,
                                              " is longer than ", max_line_, " bytes"));
    }
    if (newline != std::string::npos) {
      at_ = newline + 1;
      break;
    }
    at_ = 0;
    buffer_.resize(kBufferSize);
    const int count = gzread(File(file_), buffer_.data(), kBufferSize);
    buffer_.resize(std::max(count, 0));
    int code = Z_OK;
    const char* message = gzerror(File(file_), &code);
    // A stream cut off inside its last block reads as a buffer error at its end.
    if (count <= 0 && code != Z_OK && code != Z_STREAM_END) {
      return absl::DataLossError(absl::StrCat(path_, ": after line ", line_number_,
                                              ": truncated or corrupt gzip data (", message, ")"));
    }
    if (count <= 0) {
      if (line.empty()) return false;
      break;
    }
  }
  ++line_number_;
  return true;
}

absl::StatusOr<GzipLineWriter> GzipLineWriter::Create(const std::string& path) {
  errno = 0;
  gzFile file = gzopen(TemporaryName(path).c_str(), "wb6");
  if (file == nullptr) {
    return absl::UnavailableError(
        absl::StrCat(TemporaryName(path), ": cannot create: ", std::strerror(errno)));
  }
  return GzipLineWriter(path, file);
}

GzipLineWriter::~GzipLineWriter() {
  if (file_ == nullptr) return;
  file_.reset();
  std::remove(TemporaryName(path_).c_str());
}

absl::Status GzipLineWriter::Failed(const char* what) const {
  return absl::UnavailableError(absl::StrCat(path_, ": cannot ", what, ": ", std::strerror(errno)));
}

absl::Status GzipLineWriter::Write(absl::string_view line) {
  if (gzwrite(File(file_), line.data(), static_cast<unsigned>(line.size())) !=
          static_cast<int>(line.size()) ||
      gzputc(File(file_), '\n') != '\n') {
    return Failed("write");
  }
  return absl::OkStatus();
}

absl::Status GzipLineWriter::Finish() {
  if (gzclose(static_cast<gzFile>(file_.release())) != Z_OK) {
    const absl::Status failed = Failed("write");
    std::remove(TemporaryName(path_).c_str());
    return failed;
  }
  if (std::rename(TemporaryName(path_).c_str(), path_.c_str()) != 0) return Failed("rename");
  return absl::OkStatus();
}

}  // namespace hod
