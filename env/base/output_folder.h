// Folders for results.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace hod {

// Whether files could be written below the folder `path`, which need not be there yet, asked before
// long work. Leaves nothing behind. Errors name the path and the reason.
absl::Status CheckFolderWritable(const std::string& path);

}  // namespace hod
