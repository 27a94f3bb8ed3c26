// One declared setting, and what can be done with any setting: read, write, describe.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"

namespace hod::engine {

// A value as it stands in a file, independent of TOML's types.
struct Value {
  using List = std::vector<Value>;
  std::variant<bool, int64_t, double, std::string, List> data;
};

std::string ToToml(const Value& value);
// What a text says in TOML's syntax for values; a bare word is a string.
Value ValueFrom(const std::string& text);

struct Field {
  std::string key;       // Dotted, e.g. "search.c_puct".
  std::string expected;  // What a valid value looks like, e.g. "an integer from 1 to 64".
  std::string meaning;
  std::function<bool(const Value&)> set;  // False if the value is not as expected.
  std::function<Value()> get;
};

// Gives the field of that key a value. Errors name the key and what was expected.
absl::Status Assign(std::vector<Field>& fields, const std::string& key, const Value& value);
// Gives fields the values that a text in TOML has for them. Errors name `source`, the line and the
// key.
absl::Status AssignFile(std::vector<Field>& fields, const std::string& text,
                        const std::string& source);

// An object of all keys and their present values.
nlohmann::json ToJson(const std::vector<Field>& fields);

// A Markdown table: key, present value as the default, range, meaning.
std::string DescribeFields(const std::vector<Field>& fields);

}  // namespace hod::engine
