#include "env/base/json_line.h"

#include "absl/strings/str_cat.h"

namespace hod {

using nlohmann::json;

absl::StatusOr<json> ParseJsonLine(const std::string& line) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\0') {  // The parser would take it for the end of the line.
      return absl::InvalidArgumentError(absl::StrCat("a NUL at byte ", i));
    }
    if (in_string && c == '\\' && i + 1 < line.size() && line[i + 1] != '\0') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '[' || c == '{') && ++depth > kMaxJsonDepth) {
      return absl::InvalidArgumentError(
          absl::StrCat("nested deeper than ", kMaxJsonDepth, " levels at byte ", i));
    } else if (!in_string && (c == ']' || c == '}')) {
      --depth;
    }
  }
  try {
    return json::parse(line);
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

absl::StatusOr<int64_t> IntegerFromJson(const json& value, int64_t lo, int64_t hi,
                                        const std::string& key) {
  const bool representable =
      value.is_number_integer() &&
      !(value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX));
  if (representable && value.get<int64_t>() >= lo && value.get<int64_t>() <= hi) {
    return value.get<int64_t>();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(key, ": expected a whole number from ", lo, " to ", hi, ", got ",
                   value.is_structured() ? std::string(value.type_name()) : value.dump()));
}

}  // namespace hod
