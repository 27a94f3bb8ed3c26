// A setting's value as it stands in a file, an argument or a Python dict, independent of the types
// of each.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hod::settings {

struct Value {
  using List = std::vector<Value>;
  std::variant<bool, int64_t, double, std::string, List> data;
  bool operator==(const Value&) const = default;
};

// The value of an integer or a number.
std::optional<double> AsNumber(const Value& value);

// The value in TOML's syntax. Numbers get as many digits as it takes to read them back.
std::string ToToml(const Value& value);
nlohmann::json ToJson(const Value& value);

}  // namespace hod::settings
