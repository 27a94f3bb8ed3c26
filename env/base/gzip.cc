#include "env/base/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace hod {

bool IsGzip(absl::string_view bytes) { return absl::StartsWith(bytes, "\x1f\x8b"); }

absl::StatusOr<std::string> Gunzip(absl::string_view bytes, size_t max_bytes) {
  constexpr int kOnlyGzip = 16;
  constexpr size_t kStep = 1 << 16;
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + kOnlyGzip) != Z_OK) {
    return absl::ResourceExhaustedError("no memory to inflate gzip data");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream, inflateEnd);
  absl::string_view left = bytes;  // After what the stream holds.
  const auto error = [&](absl::string_view what, absl::string_view detail = "") {
    return absl::DataLossError(
        absl::StrCat("offset ", bytes.size() - left.size() - stream.avail_in, ": ", what, detail));
  };
  std::string contents;
  for (;;) {
    if (stream.avail_in == 0) {
      const size_t count = std::min<size_t>(left.size(), std::numeric_limits<uInt>::max());
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(left.data()));
      stream.avail_in = static_cast<uInt>(count);
      left.remove_prefix(count);
    }
    const size_t had = contents.size();
    contents.resize(had + kStep);
    stream.next_out = reinterpret_cast<Bytef*>(&contents[had]);
    stream.avail_out = kStep;
    const int code = inflate(&stream, Z_NO_FLUSH);
    contents.resize(contents.size() - stream.avail_out);
    if (contents.size() > max_bytes) {
      return error(absl::StrCat("inflates to more than ", max_bytes, " bytes"));
    }
    if (code == Z_STREAM_END) break;
    if (code == Z_BUF_ERROR) return error("truncated gzip data");
    if (code == Z_MEM_ERROR) return absl::ResourceExhaustedError("no memory to inflate gzip data");
    if (code != Z_OK) {
      return error("corrupt gzip data",
                   stream.msg == nullptr ? "" : absl::StrCat(": ", stream.msg));
    }
  }
  if (stream.avail_in > 0 || !left.empty())
    return error("expected the end of the file after the gzip data");
  return contents;
}

}  // namespace hod
