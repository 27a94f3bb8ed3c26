// Files of named tensors in the safetensors format (https://github.com/huggingface/safetensors),
// read strictly and written atomically.
//
// A file is: the header's length (8 bytes, little endian), the header (JSON: name -> dtype, shape
// and begin and end in the data; "__metadata__" -> strings), the data (little endian, row-major).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hod::models {

enum class Dtype { kBool, kU8, kI8, kI16, kU16, kF16, kBF16, kI32, kU32, kF32, kI64, kU64, kF64 };

// Its name in the format ("F32") and the bytes of an element.
const char* Name(Dtype dtype);
int64_t SizeOf(Dtype dtype);

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
// Memory is bounded by a small multiple of the file's size.
absl::StatusOr<SafeTensors> ReadSafeTensors(const std::string& path);

// The same of the bytes of a file, which errors call `path`.
absl::StatusOr<SafeTensors> ParseSafeTensors(const std::string& path, absl::string_view bytes);

// Replaces `path` as a whole or, with an error naming the file, not at all, as an AtomicFile does.
// Requires that every tensor's data fits its shape. Text that is not UTF-8 gets U+FFFD for its bad
// bytes.
absl::Status WriteSafeTensors(const std::string& path, const SafeTensors& file);

}  // namespace hod::models
