// How settings are declared: each with its key, its range and its meaning, and where it lives.
// Files in TOML (toml.h), tables for people (describe.h), options and Python's keyword arguments
// follow from that.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "env/settings/value.h"

namespace hod::settings {

struct Setting {
  std::string key;       // Includes the tables it is in, e.g. "search.c_puct".
  std::string expected;  // What a valid value looks like, e.g. "an integer from 1 to 64".
  std::string meaning;
  std::function<bool(const Value&)>
      set;  // False, and nothing set, if the value is not as expected.
  std::function<Value()> get;
  bool required = false;  // A file has to give it.
  bool given = false;     // Assign() has set it.
};

class Declaration;

// A list of tables, [[key]] in TOML.
struct TableList {
  std::string key;
  std::string meaning;
  // Appends an element with its defaults and declares it. Valid until the next one is appended.
  std::function<Declaration()> append;
  // Declares an element that the declaration owns.
  std::function<Declaration()> example;
};

class Declaration {
 public:
  // The kinds of settings. `key` and `target` are as in Setting: the target is set, and read as
  // the default, and outlives this. Texts are not empty.
  template <typename Int>
  Setting& Integer(std::string key, Int& target, int64_t lo, int64_t hi, const char* meaning) {
    return AddInteger(
        std::move(key), lo, hi, meaning, [&target](int64_t i) { target = static_cast<Int>(i); },
        [&target] { return static_cast<int64_t>(target); });
  }
  // 0 stands for none.
  Setting& OptionalInteger(std::string key, std::optional<int>& target, int hi,
                           const char* meaning);
  // A list, which may be empty.
  Setting& Integers(std::string key, std::vector<int>& target, int lo, int hi, const char* meaning);
  Setting& Number(std::string key, double& target, double lo, double hi, const char* meaning);
  // One number, or a list of them.
  Setting& Numbers(std::string key, std::vector<double>& target, double lo, double hi,
                   const char* meaning);
  Setting& Flag(std::string key, bool& target, const char* meaning);
  Setting& Text(std::string key, std::string& target, const char* expected, const char* meaning);
  // A list with at least one entry.
  Setting& Texts(std::string key, std::vector<std::string>& target, const char* expected,
                 const char* meaning);
  // `names` are those of the enum's values from 0 on.
  template <typename Enum>
  Setting& Choice(std::string key, Enum& target, std::vector<std::string> names,
                  const char* meaning) {
    return AddChoice(
        std::move(key), std::move(names), meaning,
        [&target](int i) { target = static_cast<Enum>(i); },
        [&target] { return static_cast<int>(target); });
  }
  // Any other kind.
  Setting& Add(Setting setting);

  // A list of tables. `declare` declares one of them.
  template <typename T>
  void Tables(std::string key, std::vector<T>& target, void (*declare)(Declaration&, T&),
              std::string meaning) {
    const auto append = [&target, declare] {
      Declaration declaration;
      declare(declaration, target.emplace_back());
      return declaration;
    };
    const auto example = [declare] {
      Declaration declaration;
      const auto element = std::make_shared<T>();
      declare(declaration, *element);
      declaration.owned_ = element;
      return declaration;
    };
    tables_.push_back({std::move(key), std::move(meaning), append, example});
  }

  // What has to hold of the settings together; errors name the key. At most one.
  void Check(std::function<absl::Status(const Declaration&)> check) { check_ = std::move(check); }

  std::vector<Setting>& settings() { return settings_; }
  const std::vector<Setting>& settings() const { return settings_; }
  const std::vector<TableList>& tables() const { return tables_; }
  // Null if there is no such setting.
  Setting* Find(absl::string_view key);
  const Setting* Find(absl::string_view key) const;
  // Whether Assign() has set that setting.
  bool Given(absl::string_view key) const;

  // Gives a setting a value. Errors name the key and what was expected; text that is not UTF-8 is
  // one, since files could not hold it.
  absl::Status Assign(absl::string_view key, const Value& value);
  // Whether all is there that is required, and the check. Errors name the key.
  absl::Status CheckWhole() const;

 private:
  Setting& AddInteger(std::string key, int64_t lo, int64_t hi, const char* meaning,
                      std::function<void(int64_t)> set, std::function<int64_t()> get);
  Setting& AddChoice(std::string key, std::vector<std::string> names, const char* meaning,
                     std::function<void(int)> set, std::function<int()> get);

  std::vector<Setting> settings_;
  std::vector<TableList> tables_;
  std::function<absl::Status(const Declaration&)> check_;
  std::shared_ptr<void> owned_;
};

// An object of all keys and their present values, without lists of tables.
nlohmann::json ToJson(const Declaration& declaration);

// The keys whose values differ, as "key: 1 here, 2 there". Requires that both declare the same.
std::vector<std::string> Differences(const Declaration& here, const Declaration& there);

}  // namespace hod::settings
