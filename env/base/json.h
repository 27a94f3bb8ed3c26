// JSON read strictly and written safely. No exceptions leave these functions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/base/files.h"
#include "env/base/utf8.h"

namespace hod {

// Arrays and objects nested deeper than any file of ours are refused, since they are printed and
// compared recursively.
inline constexpr int kMaxJsonDepth = 32;

// One JSON value, with nothing but white space around it, in valid UTF-8. A key given twice, a NUL
// and a byte order mark are errors. Errors end with "at byte N" or begin with it, and say what is
// wrong. Takes time and memory in proportion to the text.
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text);

// The same of a file of up to `max_bytes`. Errors name the file.
absl::StatusOr<nlohmann::json> ReadJsonFile(const std::string& path,
                                            size_t max_bytes = kMaxFileBytes);

// `json` may be an ordered_json. Text in it that is not UTF-8 gets U+FFFD for its bad bytes.
// Without `indent`, all on one line.
template <typename Json>
std::string DumpJson(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

// A whole number in [lo, hi]; errors name `key`. json.get<int>() would cut off fractions, wrap
// large numbers and take true for 1.
absl::StatusOr<int64_t> IntegerFromJson(const nlohmann::json& json, int64_t lo, int64_t hi,
                                        const std::string& key);

}  // namespace hod
