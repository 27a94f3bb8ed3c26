#include "env/base/zstd.h"

#include <zstd.h>

#include "absl/strings/str_cat.h"

namespace hod {

absl::StatusOr<std::string> ZstdCompress(absl::string_view bytes, int level) {
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size = ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size)) {
    return absl::InternalError(absl::StrCat("cannot be compressed: ", ZSTD_getErrorName(size)));
  }
  frame.resize(size);
  return frame;
}

absl::StatusOr<std::string> ZstdDecompress(absl::string_view frame, size_t max_bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > max_bytes) {  // Also true of the codes for "unknown" and "no frame".
    return absl::DataLossError(
        absl::StrCat("is not a zstd frame of at most ", max_bytes, " bytes"));
  }
  std::string bytes(size, '\0');
  const size_t got = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) || got != size) {
    return absl::DataLossError(absl::StrCat("does not decompress to ", size, " bytes"));
  }
  return bytes;
}

}  // namespace hod
