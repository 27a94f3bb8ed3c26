#include "env/settings/value.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "env/base/utf8.h"

namespace hod::settings {

std::optional<double> AsNumber(const Value& value) {
  if (const auto* i = std::get_if<int64_t>(&value.data)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&value.data)) return *d;
  return std::nullopt;
}

std::string ToToml(const Value& value) {
  struct Print {
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(int64_t i) const { return absl::StrCat(i); }
    std::string operator()(double d) const {
      std::ostringstream out;
      for (int digits = 6; digits <= 17; ++digits) {
        out.str("");
        out.precision(digits);
        out << d;
        if (std::strtod(out.str().c_str(), nullptr) == d) break;
      }
      const std::string text = out.str();
      return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
    }
    std::string operator()(const std::string& s) const {
      // No setting takes such text; this is for the error that says so.
      if (!IsUtf8(s)) return absl::StrCat("'", absl::CHexEscape(s), "'");
      // With control characters escaped: as they are, toml++ writes some that it does not read.
      auto flags =
          toml::default_formatter::default_flags & ~toml::format_flags::allow_multi_line_strings;
      if (std::any_of(s.begin(), s.end(), absl::ascii_iscntrl)) {
        flags = flags & ~toml::format_flags::allow_literal_strings;
      }
      const toml::value<std::string> value(s);
      std::ostringstream out;
      out << toml::default_formatter(value, flags);
      return out.str();
    }
    std::string operator()(const Value::List& list) const {
      return absl::StrCat(
          "[",
          absl::StrJoin(list, ", ", [](std::string* out, const Value& v) { *out += ToToml(v); }),
          "]");
    }
  };
  return std::visit(Print(), value.data);
}

nlohmann::json ToJson(const Value& value) {
  struct Convert {
    nlohmann::json operator()(const Value::List& list) const {
      nlohmann::json array = nlohmann::json::array();
      for (const Value& entry : list) array.push_back(ToJson(entry));
      return array;
    }
    nlohmann::json operator()(bool b) const { return b; }
    nlohmann::json operator()(int64_t i) const { return i; }
    nlohmann::json operator()(double d) const { return d; }
    nlohmann::json operator()(const std::string& s) const { return s; }
  };
  return std::visit(Convert(), value.data);
}

}  // namespace hod::settings
