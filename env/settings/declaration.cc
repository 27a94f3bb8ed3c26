#include "env/settings/declaration.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "env/base/utf8.h"

namespace hod::settings {
namespace {

const std::string* AsText(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.data);
  return text != nullptr && !text->empty() ? text : nullptr;
}

bool HasOtherText(const Value& value) {
  if (const auto* list = std::get_if<Value::List>(&value.data)) {
    return std::any_of(list->begin(), list->end(), HasOtherText);
  }
  const auto* text = std::get_if<std::string>(&value.data);
  return text != nullptr && !IsUtf8(*text);
}

bool ReadInteger(const Value& value, int64_t lo, int64_t hi, int64_t& out) {
  const auto* i = std::get_if<int64_t>(&value.data);
  if (i == nullptr || *i < lo || *i > hi) return false;
  out = *i;
  return true;
}

bool ReadNumber(const Value& value, double lo, double hi, double& out) {
  const std::optional<double> number = AsNumber(value);
  if (!number || !(*number >= lo && *number <= hi)) return false;
  out = *number;
  return true;
}

template <typename T>
Value ListOf(const std::vector<T>& items) {
  Value::List list;
  for (const T& item : items) list.push_back(Value{item});
  return Value{std::move(list)};
}

}  // namespace

Setting& Declaration::Add(Setting setting) { return settings_.emplace_back(std::move(setting)); }

Setting& Declaration::AddInteger(std::string key, int64_t lo, int64_t hi, const char* meaning,
                                 std::function<void(int64_t)> set, std::function<int64_t()> get) {
  return Add({std::move(key), absl::StrCat("an integer from ", lo, " to ", hi), meaning,
              [lo, hi, set = std::move(set)](const Value& value) {
                int64_t i;
                if (!ReadInteger(value, lo, hi, i)) return false;
                set(i);
                return true;
              },
              [get = std::move(get)] { return Value{get()}; }});
}

Setting& Declaration::OptionalInteger(std::string key, std::optional<int>& target, int hi,
                                      const char* meaning) {
  Setting& setting = AddInteger(
      std::move(key), 0, hi, meaning,
      [&target](int64_t i) {
        target = i == 0 ? std::nullopt : std::optional<int>(static_cast<int>(i));
      },
      [&target] { return int64_t{target.value_or(0)}; });
  setting.expected = absl::StrCat("an integer from 0 (none) to ", hi);
  return setting;
}

Setting& Declaration::Integers(std::string key, std::vector<int>& target, int lo, int hi,
                               const char* meaning) {
  const auto set = [&target, lo, hi](const Value& value) {
    const auto* list = std::get_if<Value::List>(&value.data);
    if (list == nullptr) return false;
    std::vector<int> integers;
    for (const Value& item : *list) {
      int64_t i;
      if (!ReadInteger(item, lo, hi, i)) return false;
      integers.push_back(static_cast<int>(i));
    }
    target = std::move(integers);
    return true;
  };
  const auto get = [&target] { return ListOf(std::vector<int64_t>(target.begin(), target.end())); };
  return Add({std::move(key), absl::StrCat("a list of integers from ", lo, " to ", hi), meaning,
              set, get});
}

Setting& Declaration::Number(std::string key, double& target, double lo, double hi,
                             const char* meaning) {
  const auto set = [&target, lo, hi](const Value& value) {
    return ReadNumber(value, lo, hi, target);
  };
  return Add({std::move(key), absl::StrCat("a number from ", lo, " to ", hi), meaning, set,
              [&target] { return Value{target}; }});
}

Setting& Declaration::Numbers(std::string key, std::vector<double>& target, double lo, double hi,
                              const char* meaning) {
  const auto set = [&target, lo, hi](const Value& value) {
    const auto* list = std::get_if<Value::List>(&value.data);
    std::vector<double> numbers;
    for (const Value& item : list != nullptr ? *list : Value::List{value}) {
      if (!ReadNumber(item, lo, hi, numbers.emplace_back())) return false;
    }
    if (numbers.empty()) return false;
    target = std::move(numbers);
    return true;
  };
  const auto get = [&target] {
    return target.size() == 1 ? Value{target.front()} : ListOf(target);
  };
  return Add({std::move(key), absl::StrCat("a number from ", lo, " to ", hi, ", or a list of them"),
              meaning, set, get});
}

Setting& Declaration::Flag(std::string key, bool& target, const char* meaning) {
  const auto set = [&target](const Value& value) {
    const auto* flag = std::get_if<bool>(&value.data);
    if (flag != nullptr) target = *flag;
    return flag != nullptr;
  };
  return Add({std::move(key), "true or false", meaning, set, [&target] { return Value{target}; }});
}

Setting& Declaration::Text(std::string key, std::string& target, const char* expected,
                           const char* meaning) {
  const auto set = [&target](const Value& value) {
    const std::string* text = AsText(value);
    if (text != nullptr) target = *text;
    return text != nullptr;
  };
  return Add({std::move(key), expected, meaning, set, [&target] { return Value{target}; }});
}

Setting& Declaration::Texts(std::string key, std::vector<std::string>& target, const char* expected,
                            const char* meaning) {
  const auto set = [&target](const Value& value) {
    const auto* list = std::get_if<Value::List>(&value.data);
    if (list == nullptr || list->empty()) return false;
    std::vector<std::string> texts;
    for (const Value& item : *list) {
      const std::string* text = AsText(item);
      if (text == nullptr) return false;
      texts.push_back(*text);
    }
    target = std::move(texts);
    return true;
  };
  return Add({std::move(key), expected, meaning, set, [&target] { return ListOf(target); }});
}

Setting& Declaration::AddChoice(std::string key, std::vector<std::string> names,
                                const char* meaning, std::function<void(int)> set,
                                std::function<int()> get) {
  std::string expected = "one of " + absl::StrJoin(names, ", ");
  return Add({std::move(key), std::move(expected), meaning,
              [names, set = std::move(set)](const Value& value) {
                const auto* text = std::get_if<std::string>(&value.data);
                if (text == nullptr) return false;
                const auto found = std::find(names.begin(), names.end(), *text);
                if (found == names.end()) return false;
                set(static_cast<int>(found - names.begin()));
                return true;
              },
              [names, get = std::move(get)] { return Value{names[get()]}; }});
}

const Setting* Declaration::Find(absl::string_view key) const {
  const auto found = std::find_if(settings_.begin(), settings_.end(),
                                  [&](const Setting& setting) { return setting.key == key; });
  return found == settings_.end() ? nullptr : &*found;
}

Setting* Declaration::Find(absl::string_view key) {
  return const_cast<Setting*>(std::as_const(*this).Find(key));
}

bool Declaration::Given(absl::string_view key) const {
  const Setting* setting = Find(key);
  return setting != nullptr && setting->given;
}

absl::Status Declaration::Assign(absl::string_view key, const Value& value) {
  Setting* setting = Find(key);
  if (setting == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(key, ": no such setting"));
  }
  const auto refuse = [&](const std::string& expected) {
    return absl::InvalidArgumentError(
        absl::StrCat(key, ": expected ", expected, ", got ", ToToml(value)));
  };
  if (HasOtherText(value)) return refuse("text in UTF-8");  // A file could not hold it.
  if (!setting->set(value)) return refuse(setting->expected);
  setting->given = true;
  return absl::OkStatus();
}

absl::Status Declaration::CheckWhole() const {
  for (const Setting& setting : settings_) {
    if (!setting.required || setting.given) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(setting.key, ": expected ", setting.expected, ", got nothing"));
  }
  return check_ ? check_(*this) : absl::OkStatus();
}

nlohmann::json ToJson(const Declaration& declaration) {
  nlohmann::json object = nlohmann::json::object();
  for (const Setting& setting : declaration.settings()) object[setting.key] = ToJson(setting.get());
  return object;
}

std::vector<std::string> Differences(const Declaration& here, const Declaration& there) {
  std::vector<std::string> differences;
  for (size_t i = 0; i < here.settings().size(); ++i) {
    const Value a = here.settings()[i].get(), b = there.settings()[i].get();
    if (a == b) continue;
    differences.push_back(
        absl::StrCat(here.settings()[i].key, ": ", ToToml(a), " here, ", ToToml(b), " there"));
  }
  return differences;
}

}  // namespace hod::settings
