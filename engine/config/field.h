// One declared setting, and what can be done with any setting: read, write, describe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "engine/config/run_config.h"
#include "env/game/schedule.h"

namespace hod::engine {

// A value as it stands in a file, independent of TOML's types.
struct Value {
  using List = std::vector<Value>;
  std::variant<bool, int64_t, double, std::string, List> data;
};

std::string ToToml(const Value& value);

struct Field {
  std::string key;       // Dotted, e.g. "search.c_puct".
  std::string expected;  // What a valid value looks like, e.g. "an integer from 1 to 64".
  std::string meaning;
  std::function<bool(const Value&)> set;  // False if the value is not as expected.
  std::function<Value()> get;
};

// All settings of `config`, which they point into.
std::vector<Field> Fields(RunConfig& config);

}  // namespace hod::engine
