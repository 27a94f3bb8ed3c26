#include "engine/behaviour/building_report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/results/estimate.h"
#include "env/base/json.h"
#include "env/base/json_object_reader.h"
#include "env/base/parallel.h"
#include "env/base/status.h"
#include "env/base/version.h"

namespace hod::engine {
namespace {

using nlohmann::json;

constexpr int kCurveSteps = 100;
constexpr uint64_t kBootstrapSeed = 1;

std::vector<EpisodeBehaviour> BehavioursOf(const std::vector<ObservedHouse>& houses) {
  std::vector<EpisodeBehaviour> behaviours;
  for (const ObservedHouse& house : houses) behaviours.push_back(house.behaviour);
  return behaviours;
}

BuildingFigure EstimateFigure(const std::vector<EpisodeBehaviour>& episodes, size_t index) {
  const BehaviourFigure& figure = episodes.front().figures[index];
  const PooledFigure pooled(episodes, index);
  const Estimate estimate =
      BootstrapStatistic(static_cast<int>(episodes.size()), kBootstrapSeed,
                         [&](absl::Span<const int> times) { return pooled.Value(times); });
  return {figure.key, figure.title, estimate, figure.people_alone, figure.people_assisted};
}

std::vector<int> CurveTimesteps(int horizon) {
  std::vector<int> timesteps;
  for (int i = 0; i <= kCurveSteps; ++i) {
    timesteps.push_back(static_cast<int>(int64_t{i} * horizon / kCurveSteps));
  }
  return timesteps;
}

Estimate GoalPercentAt(const std::vector<ObservedHouse>& houses, int timestep) {
  std::vector<double> percent;
  for (const auto& [name, behaviour] : houses) {
    percent.push_back(100 * behaviour.progress[std::min(timestep, behaviour.rows)]);
  }
  return BootstrapMean(percent, kBootstrapSeed);
}

void ReadFigures(JsonObjectReader& figures, std::vector<BuildingFigure>& out) {
  for (const std::string& key : figures.Keys()) {
    BuildingFigure& figure = out.emplace_back();
    figure.key = key;
    figures.ReadObject(key.c_str(), [&](JsonObjectReader& fields) {
      fields.Read("title", figure.title);
      figure.estimate = ReadEstimate(fields);
      fields.Read("people_alone", figure.people_alone);
      fields.Read("people_assisted", figure.people_assisted);
    });
  }
}

void ReadCurve(JsonObjectReader& fields, BuildingReport& report) {
  const std::string expected = absl::StrCat("an array of ", kCurveSteps + 1, " numbers");
  const auto numbers = [&](const char* key) {
    std::vector<double> out;
    const json* values = fields.Find(key);
    if (values == nullptr) return out;
    if (!values->is_array() || values->size() != kCurveSteps + 1) {
      fields.Fail(fields.Path(key), expected);
      return out;
    }
    for (const json& value : *values) {
      if (value.is_number()) out.push_back(value.get<double>());
    }
    if (out.size() < values->size()) fields.Fail(fields.Path(key), expected);
    return out;
  };
  const std::vector<double> timesteps = numbers("timesteps"), mean = numbers("mean"),
                            low = numbers("low"), high = numbers("high");
  report.timesteps = CurveTimesteps(report.horizon);
  if (fields.ok() && !std::equal(timesteps.begin(), timesteps.end(), report.timesteps.begin())) {
    fields.Fail("curve.timesteps", "hundredths of the horizon");
  }
  if (!fields.ok()) return;
  for (int i = 0; i <= kCurveSteps; ++i) report.curve.push_back({mean[i], low[i], high[i]});
}

}  // namespace

const BuildingFigure* BuildingReport::Find(absl::string_view key) const {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const BuildingFigure& figure) { return figure.key == key; });
  return found == figures.end() ? nullptr : &*found;
}

absl::StatusOr<BuildingReport> ReportBuilding(const std::vector<ObservedHouse>& houses,
                                              int horizon) {
  BuildingReport report;
  report.horizon = horizon;
  const std::vector<EpisodeBehaviour> episodes = BehavioursOf(houses);
  report.figures.resize(episodes.front().figures.size());
  const auto for_each = [](size_t count, const auto& work) {
    return RunOnThreads(static_cast<int>(count), AvailableThreads(), [&](int i) {
      work(static_cast<size_t>(i));
      return absl::OkStatus();
    });
  };
  RETURN_IF_ERROR(for_each(report.figures.size(),
                           [&](size_t i) { report.figures[i] = EstimateFigure(episodes, i); }));
  report.timesteps = CurveTimesteps(horizon);
  report.curve.resize(report.timesteps.size());
  RETURN_IF_ERROR(for_each(report.curve.size(), [&](size_t i) {
    report.curve[i] = GoalPercentAt(houses, report.timesteps[i]);
  }));
  for (const auto& [name, behaviour] : houses) {
    report.houses.push_back({name, behaviour.rows, behaviour.needed_edits,
                             100 * behaviour.progress.back(), behaviour.completed});
  }
  return report;
}

json ToJson(const BuildingReport& report) {
  json figures = json::object(), houses = json::array();
  for (const BuildingFigure& figure : report.figures) {
    json entry = ToJson(figure.estimate);
    entry["title"] = figure.title;
    entry["people_alone"] = figure.people_alone;
    entry["people_assisted"] = figure.people_assisted;
    figures[figure.key] = std::move(entry);
  }
  json curve = {{"timesteps", report.timesteps}};
  for (const Estimate& estimate : report.curve) {
    curve["mean"].push_back(estimate.mean);
    curve["low"].push_back(estimate.low);
    curve["high"].push_back(estimate.high);
  }
  for (const BuiltHouse& house : report.houses) {
    houses.push_back({{"name", house.name},
                      {"rows", house.rows},
                      {"needed_edits", house.needed_edits},
                      {"goal_percent", house.goal_percent},
                      {"completed", house.completed}});
  }
  return {{"name", report.name},
          {"human", report.human},
          {"recordings", report.recordings},
          {"goals", report.goals},
          {"episodes", report.houses.size()},
          {"seed", report.seed},
          {"horizon", report.horizon},
          {"seconds", report.seconds},
          {"milliseconds_per_row", report.milliseconds_per_row},
          {"git_revision", kGitRevision},
          {"figures", std::move(figures)},
          {"curve", std::move(curve)},
          {"houses", std::move(houses)}};
}

absl::StatusOr<BuildingReport> BuildingFromJson(const json& json) {
  BuildingReport report;
  JsonObjectReader reader(json, "");
  reader.Read("name", report.name);
  reader.Read("human", report.human);
  reader.Read("recordings", report.recordings);
  reader.Read("goals", report.goals);
  reader.Read("seed", 0, INT64_MAX, report.seed);
  reader.Read("horizon", kCurveSteps, INT32_MAX, report.horizon);
  reader.Read("seconds", report.seconds);
  reader.Read("milliseconds_per_row", report.milliseconds_per_row);
  std::string revision;
  reader.Read("git_revision", revision);
  reader.ReadObject("figures",
                    [&](JsonObjectReader& fields) { ReadFigures(fields, report.figures); });
  reader.ReadObject("curve", [&](JsonObjectReader& fields) { ReadCurve(fields, report); });
  reader.ReadObjects("houses", [&](JsonObjectReader& fields) {
    BuiltHouse& house = report.houses.emplace_back();
    fields.Read("name", house.name);
    fields.Read("rows", 0, INT32_MAX, house.rows);
    fields.Read("needed_edits", 0, INT32_MAX, house.needed_edits);
    fields.Read("goal_percent", house.goal_percent);
    fields.Read("completed", house.completed);
  });
  if (reader.ok() && report.houses.empty()) reader.Fail("houses", "an array, not empty");
  const int episodes = static_cast<int>(report.houses.size());
  int stated = 0;
  reader.Read("episodes", 0, INT32_MAX, stated);
  if (stated != episodes) reader.Fail("episodes", absl::StrCat("the number of houses, ", episodes));
  RETURN_IF_ERROR(reader.Finish());
  return report;
}

std::string FormatBuilding(const BuildingReport& report) {
  std::string text = absl::StrFormat("%-42s%12s%20s%14s%17s\n", "", "this player", "95% interval",
                                     "people alone", "people assisted");
  for (const BuildingFigure& figure : report.figures) {
    const Estimate& e = figure.estimate;
    absl::StrAppendFormat(&text, "%-42s%12s%20s%14s%17s\n", figure.title,
                          FormatNumber(e.mean, {.digits = 3}), FormatInterval(e, {.digits = 3}),
                          FormatNumber(figure.people_alone, {.digits = 3}),
                          FormatNumber(figure.people_assisted, {.digits = 3}));
  }
  text += "\ngoal % at";
  for (int i = 10; i <= kCurveSteps; i += 10) {
    absl::StrAppendFormat(&text, "%7d", report.timesteps[i]);
  }
  absl::StrAppendFormat(&text, " timesteps\n%9s", "");
  for (int i = 10; i <= kCurveSteps; i += 10) {
    absl::StrAppendFormat(&text, "%7.1f", report.curve[i].mean);
  }
  absl::StrAppendFormat(&text, "\n\nHouses: %d, over which are the 95%% bootstrap intervals.\n",
                        report.houses.size());
  return text;
}

}  // namespace hod::engine
