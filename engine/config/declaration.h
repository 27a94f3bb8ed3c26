// How settings are declared: each with its key, its range and its meaning, and where it lives.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/config/field.h"
#include "env/game/config.h"
#include "env/game/geometry.h"
#include "env/game/schedule.h"

namespace hod::engine {

inline std::optional<double> AsNumber(const Value& value) {
  if (const auto* i = std::get_if<int64_t>(&value.data)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&value.data)) return *d;
  return std::nullopt;
}

class Declaration {
 public:
  template <typename Int>
  void Integer(const char* key, Int& target, int64_t lo, int64_t hi, const char* meaning) {
    const auto set = [&target, lo, hi](const Value& value) {
      const auto* i = std::get_if<int64_t>(&value.data);
      if (i == nullptr || *i < lo || *i > hi) return false;
      target = static_cast<Int>(*i);
      return true;
    };
    const auto get = [&target] { return Value{static_cast<int64_t>(target)}; };
    fields.push_back({key, absl::StrCat("an integer from ", lo, " to ", hi), meaning, set, get});
  }
  void Number(const char* key, double& target, double lo, double hi, const char* meaning) {
    const auto set = [&target, lo, hi](const Value& value) {
      const std::optional<double> number = AsNumber(value);
      if (!number || !(*number >= lo && *number <= hi)) return false;
      target = *number;
      return true;
    };
    const auto get = [&target] { return Value{target}; };
    fields.push_back({key, absl::StrCat("a number from ", lo, " to ", hi), meaning, set, get});
  }
  // One number, or a list of them.
  void Numbers(const char* key, std::vector<double>& target, double lo, double hi,
               const char* meaning) {
    const auto set = [&target, lo, hi](const Value& value) {
      const auto* list = std::get_if<Value::List>(&value.data);
      std::vector<double> numbers;
      for (const Value& item : list != nullptr ? *list : Value::List{value}) {
        const std::optional<double> number = AsNumber(item);
        if (!number || !(*number >= lo && *number <= hi)) return false;
        numbers.push_back(*number);
      }
      if (numbers.empty()) return false;
      target = std::move(numbers);
      return true;
    };
    const auto get = [&target] {
      if (target.size() == 1) return Value{target.front()};
      Value::List list;
      for (const double number : target) list.push_back(Value{number});
      return Value{std::move(list)};
    };
    fields.push_back({key, absl::StrCat("a number from ", lo, " to ", hi, ", or a list of them"),
                      meaning, set, get});
  }
  void Flag(const char* key, bool& target, const char* meaning) {
    const auto set = [&target](const Value& value) {
      const auto* flag = std::get_if<bool>(&value.data);
      if (flag != nullptr) target = *flag;
      return flag != nullptr;
    };
    fields.push_back({key, "true or false", meaning, set, [&target] { return Value{target}; }});
  }
  void Text(const char* key, std::string& target, const char* expected, const char* meaning) {
    const auto set = [&target](const Value& value) {
      const auto* text = std::get_if<std::string>(&value.data);
      if (text == nullptr || text->empty()) return false;
      target = *text;
      return true;
    };
    fields.push_back({key, expected, meaning, set, [&target] { return Value{target}; }});
  }
  void Texts(const char* key, std::vector<std::string>& target, const char* expected,
             const char* meaning) {
    const auto set = [&target](const Value& value) {
      const auto* list = std::get_if<Value::List>(&value.data);
      if (list == nullptr || list->empty()) return false;
      std::vector<std::string> texts;
      for (const Value& item : *list) {
        const auto* text = std::get_if<std::string>(&item.data);
        if (text == nullptr || text->empty()) return false;
        texts.push_back(*text);
      }
      target = std::move(texts);
      return true;
    };
    const auto get = [&target] {
      Value::List list;
      for (const std::string& text : target) list.push_back(Value{text});
      return Value{std::move(list)};
    };
    fields.push_back({key, expected, meaning, set, get});
  }
  template <typename Enum>
  void Choice(const char* key, Enum& target, std::vector<std::string> names, const char* meaning) {
    const auto set = [&target, names](const Value& value) {
      const auto* text = std::get_if<std::string>(&value.data);
      if (text == nullptr) return false;
      const auto found = std::find(names.begin(), names.end(), *text);
      if (found == names.end()) return false;
      target = static_cast<Enum>(found - names.begin());
      return true;
    };
    const auto get = [&target, names] { return Value{names[static_cast<int>(target)]}; };
    fields.push_back({key, "one of " + absl::StrJoin(names, ", "), meaning, set, get});
  }
  void Size(const char* key, env::WorldSize& target, const char* meaning) {
    const auto set = [&target](const Value& value) {
      const auto* list = std::get_if<Value::List>(&value.data);
      if (list == nullptr || list->size() != 3) return false;
      int extents[3];
      for (int k = 0; k < 3; ++k) {
        const auto* i = std::get_if<int64_t>(&(*list)[k].data);
        if (i == nullptr || *i < env::kMinWorldExtent || *i > env::kMaxWorldExtent) return false;
        extents[k] = static_cast<int>(*i);
      }
      target = {extents[0], extents[1], extents[2]};
      return true;
    };
    const auto get = [&target] {
      return Value{Value::List{{int64_t{target.w}}, {int64_t{target.h}}, {int64_t{target.d}}}};
    };
    fields.push_back(
        {key,
         absl::StrCat("three integers from ", env::kMinWorldExtent, " to ", env::kMaxWorldExtent),
         meaning, set, get});
  }
  // 0 in the file stands for none.
  void OptionalInteger(const char* key, std::optional<int>& target, int hi, const char* meaning) {
    const auto set = [&target, hi](const Value& value) {
      const auto* i = std::get_if<int64_t>(&value.data);
      if (i == nullptr || *i < 0 || *i > hi) return false;
      target = *i == 0 ? std::nullopt : std::optional<int>(static_cast<int>(*i));
      return true;
    };
    const auto get = [&target] { return Value{int64_t{target.value_or(0)}}; };
    fields.push_back({key, absl::StrCat("an integer from 0 (none) to ", hi), meaning, set, get});
  }
  void Schedule(const std::string& key, env::Schedule& target, const char* meaning) {
    const auto set = [&target](const Value& value) {
      if (const std::optional<double> number = AsNumber(value)) {
        target = env::Schedule(*number);
        return std::isfinite(*number);
      }
      const auto* list = std::get_if<Value::List>(&value.data);
      if (list == nullptr || list->empty()) return false;
      std::vector<std::pair<int64_t, double>> points;
      for (const Value& point : *list) {
        const auto* pair = std::get_if<Value::List>(&point.data);
        if (pair == nullptr || pair->size() != 2) return false;
        const auto* timestep = std::get_if<int64_t>(&(*pair)[0].data);
        const std::optional<double> number = AsNumber((*pair)[1]);
        if (timestep == nullptr || !number || !std::isfinite(*number)) return false;
        if (!points.empty() && points.back().first >= *timestep) return false;
        points.emplace_back(*timestep, *number);
      }
      target = env::Schedule(std::move(points));
      return true;
    };
    const auto get = [&target] {
      if (target.points().size() == 1) return Value{target.points().front().second};
      Value::List list;
      for (const auto& [timestep, value] : target.points()) {
        list.push_back({Value::List{{timestep}, {value}}});
      }
      return Value{list};
    };
    fields.push_back(
        {key, "a number or [[timestep, value], ...] with rising timesteps", meaning, set, get});
  }

  std::vector<Field> fields;
};

}  // namespace hod::engine
