// A gzip file in memory.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hod {

// Whether `bytes` begin as every gzip file does.
bool IsGzip(absl::string_view bytes);

// The contents of one gzip member, of at most `max_bytes`. Errors begin with the offset in `bytes`.
absl::StatusOr<std::string> Gunzip(absl::string_view bytes, size_t max_bytes);

}  // namespace hod
