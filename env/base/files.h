// Whole files: read, and written so that they appear complete or not at all.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace hod {

absl::StatusOr<std::string> ReadFile(const std::string& path);

// Writes beside `path`, syncs and renames. On an error (a full disk, say) the old file stays as it
// was and nothing is left behind. Errors name the file.
absl::Status WriteFileAtomically(const std::string& path, const std::string& contents);

absl::Status MakeDirectories(const std::string& path);

}  // namespace hod
