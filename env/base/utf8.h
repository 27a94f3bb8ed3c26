// Text of unknown encoding (paths, arguments, names in files of others) as valid UTF-8, and the
// space it takes on a terminal.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace hod {

bool IsUtf8(absl::string_view text);

// Valid UTF-8 is returned as it is; in other text every bad byte becomes U+FFFD.
std::string ToUtf8(absl::string_view text);

// The columns `text` takes on a terminal: one for most characters, two for East Asian ones and
// emoji. What has no width counts as one, so this is never too small. Bad bytes count as U+FFFD.
int NumColumns(absl::string_view text);

// The beginning of `text`, of at most `columns` columns, as valid UTF-8. Control characters, which
// would move the cursor, become "?".
std::string FirstColumns(absl::string_view text, int columns);

}  // namespace hod
