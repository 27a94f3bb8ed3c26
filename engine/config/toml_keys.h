// Strict reading of small TOML files: studies, and models of people. Settings of runs are fields
// (fields.cc).
#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace hod::engine {

// The keys of one table, each with what it sets. Unknown keys, wrong types and values out of range
// are errors that name the key.
class TomlKeys {
 public:
  void Integer(const char* key, int& target, int lo, int hi) {
    Add(key, absl::StrCat("an integer from ", lo, " to ", hi), [&target, lo, hi](auto& node) {
      const auto value = node.template value_exact<int64_t>();
      if (!value || *value < lo || *value > hi) return false;
      target = static_cast<int>(*value);
      return true;
    });
  }
  void Number(const char* key, double& target, double lo, double hi) {
    Add(key, absl::StrCat("a number from ", lo, " to ", hi), [&target, lo, hi](auto& node) {
      const auto value = node.template value<double>();
      if (!value || !(*value >= lo && *value <= hi)) return false;
      target = *value;
      return true;
    });
  }
  void Flag(const char* key, bool& target) {
    Add(key, "true or false", [&target](auto& node) {
      const auto value = node.template value_exact<bool>();
      target = value.value_or(false);
      return value.has_value();
    });
  }
  void Text(const char* key, std::string& target) {
    Add(key, "a text", [&target](auto& node) {
      target = node.template value_exact<std::string>().value_or("");
      return !target.empty();
    });
  }
  void Integers(const char* key, std::vector<int>& target) {
    Add(key, "a list of integers", [&target](auto& node) {
      const toml::array* list = node.as_array();
      for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const auto value = list->get(i)->template value_exact<int64_t>();
        if (!value) return false;
        target.push_back(static_cast<int>(*value));
      }
      return list != nullptr;
    });
  }
  // A key that is read elsewhere.
  void Other(const char* key) {
    Add(key, "", [](auto&) { return true; });
  }

  absl::Status Read(const toml::table& table, const std::string& prefix) const {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const auto known = std::find_if(keys_.begin(), keys_.end(),
                                      [&](const Key& entry) { return entry.name == name; });
      if (known == keys_.end()) {
        return absl::InvalidArgumentError(absl::StrCat(prefix, name, ": unknown key"));
      }
      if (!known->set(node)) {
        return absl::InvalidArgumentError(
            absl::StrCat(prefix, name, ": expected ", known->expected));
      }
    }
    return absl::OkStatus();
  }

 private:
  struct Key {
    std::string name, expected;
    std::function<bool(const toml::node&)> set;
  };
  void Add(const char* key, std::string expected, std::function<bool(const toml::node&)> set) {
    keys_.push_back({key, std::move(expected), std::move(set)});
  }
  std::vector<Key> keys_;
};

}  // namespace hod::engine
