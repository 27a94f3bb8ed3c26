#include "env/base/gzip_lines.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "env/base/descriptor.h"
#include "env/base/status.h"

namespace hod {
namespace {

constexpr unsigned kBufferSize = 1 << 16;

gzFile File(const auto& file) { return static_cast<gzFile>(file.get()); }

}  // namespace

void GzipLineReader::Close::operator()(void* file) const { gzclose(static_cast<gzFile>(file)); }

absl::StatusOr<GzipLineReader> GzipLineReader::Open(const std::string& path, size_t max_line) {
  ASSIGN_OR_RETURN(Descriptor descriptor, OpenForReading(path));
  gzFile file = gzdopen(descriptor.get(), "rb");
  if (file == nullptr) return absl::ResourceExhaustedError(absl::StrCat(path, ": no memory"));
  descriptor.Release();
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

absl::StatusOr<std::string> FirstLine(const std::string& path) {
  // Before it is opened: a pipe would wait for a writer.
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(
        path + ": a pipe or a device, expected a file, as it is read more than once");
  }
  ASSIGN_OR_RETURN(GzipLineReader lines, GzipLineReader::Open(path));
  std::string line;
  RETURN_IF_ERROR(lines.Next(line).status());
  return line;
}

// Compresses what it is given into a file.
class GzipLineWriter::Deflater {
 public:
  Deflater() {
    constexpr int kGzip = 16, kLevel = 6, kMemoryLevel = 8;
    is_ready_ = deflateInit2(&stream_, kLevel, Z_DEFLATED, MAX_WBITS + kGzip, kMemoryLevel,
                             Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Deflater() {
    if (is_ready_) deflateEnd(&stream_);
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  bool is_ready() const { return is_ready_; }

  absl::Status Write(absl::string_view bytes, AtomicFile& file) {
    while (!bytes.empty()) {
      const size_t count = std::min<size_t>(bytes.size(), std::numeric_limits<uInt>::max());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      stream_.avail_in = static_cast<uInt>(count);
      bytes.remove_prefix(count);
      RETURN_IF_ERROR(Run(Z_NO_FLUSH, file));
    }
    return absl::OkStatus();
  }
  absl::Status Finish(AtomicFile& file) { return Run(Z_FINISH, file); }

 private:
  // Until the input is used up.
  absl::Status Run(int flush, AtomicFile& file) {
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_);
      stream_.avail_out = kBufferSize;
      deflate(&stream_, flush);  // Cannot fail with a buffer that is empty.
      RETURN_IF_ERROR(file.Write({buffer_, kBufferSize - stream_.avail_out}));
    } while (stream_.avail_out == 0);
    return absl::OkStatus();
  }

  z_stream stream_{};
  bool is_ready_ = false;
  char buffer_[kBufferSize];
};

void GzipLineWriter::Delete::operator()(Deflater* deflater) const { delete deflater; }

absl::StatusOr<GzipLineWriter> GzipLineWriter::Create(const std::string& path) {
  std::unique_ptr<Deflater, Delete> deflater(new Deflater);
  if (!deflater->is_ready()) {
    return absl::ResourceExhaustedError(absl::StrCat(path, ": no memory to compress it"));
  }
  ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
  return GzipLineWriter(std::move(file), std::move(deflater));
}

absl::Status GzipLineWriter::Write(absl::string_view line) {
  RETURN_IF_ERROR(deflater_->Write(line, file_));
  return deflater_->Write("\n", file_);
}

absl::Status GzipLineWriter::Finish() {
  RETURN_IF_ERROR(deflater_->Finish(file_));
  return file_.Commit();
}

}  // namespace hod
