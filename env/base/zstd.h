// zstd frames in memory. Errors complete a sentence about the frame ("is not a zstd frame of ...").
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hod {

// One frame, which says how long its contents are. `level` is from 1, fast, to 19, small.
absl::StatusOr<std::string> ZstdCompress(absl::string_view bytes, int level);

// The contents of one frame, of at most `max_bytes`: no more memory is taken.
absl::StatusOr<std::string> ZstdDecompress(absl::string_view frame, size_t max_bytes);

}  // namespace hod
