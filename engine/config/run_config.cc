#include "engine/config/run_config.h"

#include <toml++/toml.h>

#include <cstdlib>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/config/field.h"
#include "engine/io/files.h"

namespace hod::engine {
namespace {

absl::StatusOr<Value> FromToml(const toml::node& node) {
  if (const auto* b = node.as_boolean()) return Value{b->get()};
  if (const auto* i = node.as_integer()) return Value{i->get()};
  if (const auto* d = node.as_floating_point()) return Value{d->get()};
  if (const auto* s = node.as_string()) return Value{s->get()};
  if (const auto* array = node.as_array()) {
    Value::List list;
    for (const toml::node& entry : *array) {
      absl::StatusOr<Value> value = FromToml(entry);
      if (!value.ok()) return value.status();
      list.push_back(*std::move(value));
    }
    return Value{list};
  }
  return absl::InvalidArgumentError("expected a flag, a number, a string or a list");
}

absl::Status Assign(std::vector<Field>& fields, const std::string& key, const Value& value) {
  for (Field& field : fields) {
    if (field.key != key) continue;
    if (field.set(value)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(key, ": expected ", field.expected, ", got ", ToToml(value)));
  }
  return absl::InvalidArgumentError(absl::StrCat(key, ": no such setting"));
}

absl::Status AssignTable(std::vector<Field>& fields, const toml::table& table,
                         const std::string& prefix, const std::string& source) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    absl::Status status;
    if (const auto* inner = node.as_table()) {
      status = AssignTable(fields, *inner, key + ".", source);
      if (!status.ok()) return status;
      continue;
    }
    absl::StatusOr<Value> value = FromToml(node);
    status = value.ok() ? Assign(fields, key, *value)
                        : absl::InvalidArgumentError(
                              absl::StrCat(key, ": ", std::string(value.status().message())));
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(source, ": line ", node.source().begin.line,
                                                     ": ", std::string(status.message())));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckWhole(const RunConfig& config) {
  if (absl::Status status = env::Validate(config.game); !status.ok()) return status;
  if (config.reuse_tree && config.search.selection == mcts::Selection::kGumbel) {
    return absl::InvalidArgumentError(
        "search.reuse_tree: expected false with search.selection = gumbel, whose halving counts on "
        "equal visits");
  }
  if (config.learner.algorithm == Algorithm::kPpo && !config.network.goal_visible) {
    return absl::InvalidArgumentError(
        "network.goal_visible: expected true with learner.algorithm = ppo: a builder sees the goal");
  }
  return models::Validate(config.network);
}

}  // namespace

RunConfig::RunConfig() {
  game.players[kHuman].goal_visible = true;
  game.players[kAssistant].goal_visible = false;
}

std::string ToToml(const Value& value) {
  struct Print {
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(int64_t i) const { return absl::StrCat(i); }
    std::string operator()(double d) const {
      std::ostringstream out;  // As many digits as it takes to read the same number back.
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
      std::ostringstream out;
      out << toml::value<std::string>(s);
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

absl::StatusOr<RunConfig> LoadRunConfig(const std::string& path,
                                        const std::vector<std::string>& overrides) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<RunConfig> config = ParseRunConfig(*text, path);
  for (const std::string& assignment : overrides) {
    if (!config.ok()) break;
    absl::Status status = Override(*config, assignment);
    if (!status.ok()) return status;
  }
  return config;
}

absl::StatusOr<RunConfig> ParseRunConfig(const std::string& text, const std::string& source) {
  RunConfig config;
  std::vector<Field> fields = Fields(config);
  try {  // toml++ reports syntax errors by exceptions.
    absl::Status status = AssignTable(fields, toml::parse(text), "", source);
    if (!status.ok()) return status;
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": line ", error.source().begin.line,
                                                   ": ", std::string(error.description())));
  }
  config.network.inventories = !config.game.abilities.inf_blocks;
  absl::Status status = CheckWhole(config);
  if (!status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": ", std::string(status.message())));
  }
  return config;
}

absl::Status Override(RunConfig& config, const std::string& assignment) {
  const std::vector<std::string> parts = absl::StrSplit(assignment, absl::MaxSplits('=', 1));
  const auto refuse = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat("--set ", assignment, ": ", what));
  };
  if (parts.size() != 2) return refuse("expected key=value");
  Value value{parts[1]};
  try {
    absl::StatusOr<Value> parsed = FromToml(*toml::parse("v = " + parts[1]).get("v"));
    if (parsed.ok()) value = *parsed;
  } catch (const toml::parse_error&) {
    // A bare word is a string.
  }
  std::vector<Field> fields = Fields(config);
  absl::Status status = Assign(fields, parts[0], value);
  if (!status.ok()) return refuse(std::string(status.message()));
  config.network.inventories = !config.game.abilities.inf_blocks;
  status = CheckWhole(config);
  return status.ok() ? status : refuse(std::string(status.message()));
}

std::string ToToml(const RunConfig& config) {
  RunConfig copy = config;
  std::string text, table;
  for (const Field& field : Fields(copy)) {
    const size_t dot = field.key.rfind('.');
    const std::string in_table = dot == std::string::npos ? "" : field.key.substr(0, dot);
    if (in_table != table) {
      absl::StrAppend(&text, "\n[", in_table, "]\n");
      table = in_table;
    }
    absl::StrAppend(&text, field.key.substr(dot == std::string::npos ? 0 : dot + 1), " = ",
                    ToToml(field.get()), "\n");
  }
  return text;
}

std::vector<std::string> Differences(const RunConfig& here, const RunConfig& there) {
  RunConfig a = here, b = there;
  const std::vector<Field> fields_a = Fields(a), fields_b = Fields(b);
  std::vector<std::string> differences;
  for (size_t i = 0; i < fields_a.size(); ++i) {
    const std::string value_a = ToToml(fields_a[i].get()), value_b = ToToml(fields_b[i].get());
    if (value_a == value_b) continue;
    differences.push_back(
        absl::StrCat(fields_a[i].key, ": ", value_a, " here, ", value_b, " there"));
  }
  return differences;
}

std::string DescribeSettings() {
  RunConfig defaults;
  std::string text = "| setting | default | expected | meaning |\n|---|---|---|---|\n";
  for (const Field& field : Fields(defaults)) {
    absl::StrAppend(&text, "| `", field.key, "` | `", ToToml(field.get()), "` | ", field.expected,
                    " | ", field.meaning, " |\n");
  }
  return text;
}

}  // namespace hod::engine
