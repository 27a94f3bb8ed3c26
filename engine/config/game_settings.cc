#include "engine/config/game_settings.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/game/config.h"

namespace hod::engine {

using settings::AsNumber;
using settings::Value;

void DeclareSize(settings::Declaration& declaration, std::string key, env::WorldSize& target,
                 const char* meaning) {
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
  declaration.Add(
      {std::move(key),
       absl::StrCat("three integers from ", env::kMinWorldExtent, " to ", env::kMaxWorldExtent),
       meaning, set, get});
}

void DeclareSchedule(settings::Declaration& declaration, std::string key, env::Schedule& target,
                     const char* meaning) {
  const auto set = [&target](const Value& value) {
    if (const std::optional<double> number = AsNumber(value)) {
      if (!std::isfinite(*number)) return false;
      target = env::Schedule(*number);
      return true;
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
  declaration.Add({std::move(key), "a number or [[timestep, value], ...] with rising timesteps",
                   meaning, set, get});
}

}  // namespace hod::engine
