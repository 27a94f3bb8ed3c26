// Files of named tensors in the safetensors format (https://github.com/huggingface/safetensors),
// read strictly and written atomically.
//
// A file is: the header's length (8 bytes, little endian), the header (JSON: name -> dtype, shape
// and begin and end in the data; "__metadata__" -> strings), the data (little endian, row-major).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace hod::models {

enum class Dtype {
  kBool,
  kF4,
  kF6E2M3,
  kF6E3M2,
  kU8,
  kI8,
  kF8E5M2,
  kF8E4M3,
  kF8E8M0,
  kF8E4M3Fnuz,
  kF8E5M2Fnuz,
  kI16,
  kU16,
  kF16,
  kBF16,
  kI32,
  kU32,
  kF32,
  kC64,
  kF64,
  kI64,
  kU64,
};
inline constexpr int kNumDtypes = static_cast<int>(Dtype::kU64) + 1;

// Its name in the format ("F32").
const char* Name(Dtype dtype);
// Bytes of a tensor; nothing if they overflow, or if elements of less than a byte do not fill the
// last one. Extents are not negative.
std::optional<int64_t> NumBytes(Dtype dtype, absl::Span<const int64_t> shape);

struct SafeTensor {
  Dtype dtype = Dtype::kF32;
  std::vector<int64_t> shape;  // Empty: a scalar.
  std::string data;            // Bytes as in the file.
};

struct SafeTensors {
  std::map<std::string, SafeTensor> tensors;
  std::map<std::string, std::string> metadata;
};

// Longest header accepted, in bytes.
inline constexpr uint64_t kMaxHeaderSize = 16 << 20;

// Refuses anything but a complete and exact file: a header over kMaxHeaderSize, JSON with errors or
// names given twice, unknown fields or dtypes, tensors that overlap, leave gaps or bytes at the
// end, or whose bytes do not fit their shape. Errors name the file, and the tensor or the offset.
// Time and memory are a small multiple of the file's size.
absl::StatusOr<SafeTensors> ReadSafeTensors(const std::string& path);

// The same of the bytes of a file, which errors call `path`.
absl::StatusOr<SafeTensors> ParseSafeTensors(const std::string& path, absl::string_view bytes);

// Replaces `path` as a whole or, with an error naming the file, not at all, as an AtomicFile does.
// Requires that every tensor's data fits its shape. Text that is not UTF-8 gets U+FFFD for its bad
// bytes. The data begin at a multiple of 8 bytes, and wider elements come first, so that every
// tensor is aligned to its elements. A header over kMaxHeaderSize is an error.
absl::Status WriteSafeTensors(const std::string& path, const SafeTensors& file);

}  // namespace hod::models
