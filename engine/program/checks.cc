#include "engine/program/checks.h"

#include <cmath>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "env/base/files.h"
#include "env/base/output_folder.h"

namespace hod::engine {

CLI::Validator WholeNumber(int64_t lo, int64_t hi) {
  const std::string range =
      hi == INT64_MAX ? absl::StrCat("from ", lo) : absl::StrCat("from ", lo, " to ", hi);
  const auto check = [=](const std::string& text) -> std::string {
    int64_t value = 0;
    // The parser of options would take "010" for 8.
    const absl::string_view digits = absl::StripPrefix(absl::StripPrefix(text, "-"), "+");
    const bool octal = digits.size() > 1 && digits[0] == '0' && absl::ascii_isdigit(digits[1]);
    if (!octal && absl::SimpleAtoi(text, &value) && value >= lo && value <= hi) return "";
    // The largest number is worth a word only to those who went beyond.
    const bool beyond =
        hi == INT64_MAX && !octal && !text.empty() && absl::c_all_of(text, absl::ascii_isdigit);
    return absl::StrCat("expected a whole number ", range, beyond ? absl::StrCat(" to ", hi) : "",
                        octal ? " without leading zeros" : "", ", got ", text);
  };
  return CLI::Validator(check, range);
}

CLI::Validator AboveZero() {
  const auto check = [](const std::string& text) -> std::string {
    double value = 0;
    if (absl::SimpleAtod(text, &value) && std::isfinite(value) && value > 0) return "";
    return absl::StrCat("expected a number above 0, got ", text);
  };
  return CLI::Validator(check, "above 0");
}

CLI::Validator Path() {
  const auto check = [](const std::string& text) -> std::string {
    return text.empty() ? "expected a path, got an empty one" : "";
  };
  return CLI::Validator(check, "");
}

CLI::Validator OutputFile() {
  const auto check = [](const std::string& text) -> std::string {
    return std::string(CheckWritable(text).message());
  };
  return CLI::Validator(check, "");
}

CLI::Validator OutputPicture(const std::string& ending) {
  const auto check = [ending](const std::string& text) -> std::string {
    if (!absl::EndsWith(text, ending)) {
      return absl::StrCat("expected a name that ends in ", ending, ", got ", text);
    }
    return std::string(CheckWritable(text).message());
  };
  return CLI::Validator(check, "");
}

CLI::Validator OutputFolder() {
  const auto check = [](const std::string& text) -> std::string {
    return std::string(CheckFolderWritable(text).message());
  };
  return CLI::Validator(check, "");
}

}  // namespace hod::engine
