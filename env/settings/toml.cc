#include "env/settings/toml.h"

#include <toml++/toml.h>

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod::settings {
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

std::string LineOf(const toml::node& node) {
  return absl::StrCat("line ", node.source().begin.line, ": ");
}

// Reads what `table` says of the keys that begin with `prefix`. `where` goes before keys in errors.
absl::Status Read(const toml::table& table, const std::string& prefix, const std::string& where,
                  Declaration& declaration);

absl::Status ReadTables(const toml::node& node, const TableList& tables) {
  const toml::array* list = node.as_array();
  for (size_t i = 0; list == nullptr || i < list->size(); ++i) {
    const toml::table* table = list == nullptr ? nullptr : list->get(i)->as_table();
    if (table == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(LineOf(node), tables.key, ": expected tables [[", tables.key, "]]"));
    }
    Declaration element = tables.append();
    const std::string where = absl::StrCat(tables.key, " ", i, ": ");
    RETURN_IF_ERROR(Read(*table, "", where, element));
    if (absl::Status status = element.CheckWhole(); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(LineOf(*table), where, status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status Read(const toml::table& table, const std::string& prefix, const std::string& where,
                  Declaration& declaration) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const std::vector<TableList>& lists = declaration.tables();
    const auto list = std::find_if(lists.begin(), lists.end(),
                                   [&](const TableList& tables) { return tables.key == key; });
    if (list != lists.end()) {
      RETURN_IF_ERROR(ReadTables(node, *list));
      continue;
    }
    if (const auto* inner = node.as_table()) {
      RETURN_IF_ERROR(Read(*inner, key + ".", where, declaration));
      continue;
    }
    const absl::StatusOr<Value> value = FromToml(node);
    const absl::Status status =
        value.ok() ? declaration.Assign(key, *value) : Annotate(value.status(), key);
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(LineOf(node), where, status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Value ValueFrom(const std::string& text) {
  try {  // toml++ reports syntax errors by exceptions.
    const toml::table table = toml::parse("v = " + text);
    absl::StatusOr<Value> parsed = FromToml(*table.get("v"));
    if (parsed.ok() && table.size() == 1) return *parsed;
  } catch (const toml::parse_error&) {
    // A bare word is a string.
  }
  return Value{text};
}

absl::Status AssignText(Declaration& declaration, const std::string& assignment) {
  const std::vector<std::string> parts = absl::StrSplit(assignment, absl::MaxSplits('=', 1));
  if (parts.size() != 2) return absl::InvalidArgumentError("expected key=value");
  return declaration.Assign(parts[0], ValueFrom(parts[1]));
}

absl::Status AssignTexts(Declaration& declaration, const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) {
    RETURN_IF_ERROR(Annotate(AssignText(declaration, assignment), assignment));
  }
  return absl::OkStatus();
}

absl::Status ReadToml(const std::string& text, const std::string& source,
                      Declaration& declaration) {
  toml::table table;
  try {  // toml++ reports syntax errors by exceptions.
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": line ", error.source().begin.line,
                                                   ": ", std::string(error.description())));
  }
  RETURN_IF_ERROR(Annotate(Read(table, "", "", declaration), source));
  return Annotate(declaration.CheckWhole(), source);
}

absl::Status ReadTomlFile(const std::string& path, Declaration& declaration) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ReadToml(text, path, declaration);
}

std::string ToToml(const Declaration& declaration) {
  std::string outside, tables, table;  // TOML has what is outside of tables come first.
  for (const Setting& setting : declaration.settings()) {
    const size_t dot = setting.key.rfind('.');
    if (dot == std::string::npos) {
      absl::StrAppend(&outside, setting.key, " = ", ToToml(setting.get()), "\n");
      continue;
    }
    if (setting.key.substr(0, dot) != table) {
      table = setting.key.substr(0, dot);
      absl::StrAppend(&tables, "\n[", table, "]\n");
    }
    absl::StrAppend(&tables, setting.key.substr(dot + 1), " = ", ToToml(setting.get()), "\n");
  }
  return outside + tables;
}

}  // namespace hod::settings
