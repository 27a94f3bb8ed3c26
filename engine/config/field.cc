#include "engine/config/field.h"

#include <toml++/toml.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "env/base/status.h"

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
      ASSIGN_OR_RETURN(Value value, FromToml(entry));
      list.push_back(std::move(value));
    }
    return Value{list};
  }
  return absl::InvalidArgumentError("expected a flag, a number, a string or a list");
}

struct Json {
  template <typename Scalar>
  nlohmann::json operator()(const Scalar& scalar) const {
    return scalar;
  }
  nlohmann::json operator()(const Value::List& list) const {
    nlohmann::json array = nlohmann::json::array();
    for (const Value& entry : list) array.push_back(std::visit(*this, entry.data));
    return array;
  }
};

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

}  // namespace

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

Value ValueFrom(const std::string& text) {
  try {  // toml++ reports syntax errors by exceptions.
    absl::StatusOr<Value> parsed = FromToml(*toml::parse("v = " + text).get("v"));
    if (parsed.ok()) return *parsed;
  } catch (const toml::parse_error&) {
    // A bare word is a string.
  }
  return Value{text};
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

absl::Status AssignFile(std::vector<Field>& fields, const std::string& text,
                        const std::string& source) {
  try {
    return AssignTable(fields, toml::parse(text), "", source);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": line ", error.source().begin.line,
                                                   ": ", std::string(error.description())));
  }
}

nlohmann::json ToJson(const std::vector<Field>& fields) {
  nlohmann::json object = nlohmann::json::object();
  for (const Field& field : fields) object[field.key] = std::visit(Json(), field.get().data);
  return object;
}

std::string DescribeFields(const std::vector<Field>& fields) {
  std::string text = "| setting | default | expected | meaning |\n|---|---|---|---|\n";
  for (const Field& field : fields) {
    absl::StrAppend(&text, "| `", field.key, "` | `", ToToml(field.get()), "` | ", field.expected,
                    " | ", field.meaning, " |\n");
  }
  return text;
}

}  // namespace hod::engine
