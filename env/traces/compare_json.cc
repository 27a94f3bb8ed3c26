#include "env/traces/compare_json.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"

namespace hod::env {
namespace {

using nlohmann::json;

bool Close(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(a));
}

std::string Differ(const std::string& path, const json& expected, const json& actual) {
  return absl::StrCat(path, ": expected ", DumpJson(expected), ", got ", DumpJson(actual));
}

}  // namespace

std::optional<std::string> FirstDifference(const json& expected, const json& actual,
                                           const std::string& path, double tolerance) {
  const bool whole = expected.is_number_integer() && actual.is_number_integer();
  if (expected.is_number() && actual.is_number() && !whole) {
    if (Close(expected.get<double>(), actual.get<double>(), tolerance)) return std::nullopt;
    return Differ(path, expected, actual);
  }
  if (expected.is_array() && actual.is_array()) {
    const size_t common = std::min(expected.size(), actual.size());
    for (size_t i = 0; i < common; ++i) {
      auto difference =
          FirstDifference(expected[i], actual[i], absl::StrCat(path, "[", i, "]"), tolerance);
      if (difference) return difference;
    }
    if (expected.size() == actual.size()) return std::nullopt;
    return absl::StrCat(path, ": expected ", expected.size(), " entries, got ", actual.size(),
                        "; expected ", DumpJson(expected), ", got ", DumpJson(actual));
  }
  if (expected.is_object() && actual.is_object()) {
    for (const auto& item : expected.items()) {
      const std::string inner = path.empty() ? item.key() : absl::StrCat(path, ".", item.key());
      if (!actual.contains(item.key())) return absl::StrCat(inner, ": not expected in this record");
      auto difference = FirstDifference(item.value(), actual.at(item.key()), inner, tolerance);
      if (difference) return difference;
    }
    for (const auto& item : actual.items()) {
      if (!expected.contains(item.key())) {
        return absl::StrCat(path, path.empty() ? "" : ".", item.key(), ": missing in the record");
      }
    }
    return std::nullopt;
  }
  if (expected == actual) return std::nullopt;
  return Differ(path, expected, actual);
}

}  // namespace hod::env
