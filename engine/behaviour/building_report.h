// How a human builds alone, over many houses: figures with intervals, the goal over time.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/behaviour/episode_behaviour.h"
#include "engine/results/bootstrap.h"

namespace hod::engine {

// A house and how it was built.
struct ObservedHouse {
  std::string name;
  EpisodeBehaviour behaviour;
};

// A figure over all houses. NaN where there was nothing to measure.
struct BuildingFigure {
  std::string key, title;
  Estimate estimate;
  double people_alone = 0, people_assisted = 0;  // See BehaviourFigure.
};

// One house in short.
struct BuiltHouse {
  std::string name;
  int rows = 0, needed_edits = 0;
  double goal_percent = 0;  // At the end.
  bool completed = false;
};

struct BuildingReport {
  std::string name;                     // Shown in tables and plots.
  std::string human;                    // The model as MakePlayerFactory() knows it; "" for people.
  std::vector<std::string> recordings;  // The files people are from; none for models.
  std::string goals;                    // Only models have goals and a seed.
  int64_t seed = 0;
  int horizon = 0;                  // Where the curve ends.
  double seconds = 0;               // Wall time of playing.
  double milliseconds_per_row = 0;  // On one thread, from row to row.
  std::vector<BuildingFigure> figures;
  std::vector<int> timesteps;   // 0 to the horizon, a hundredth of it apart.
  std::vector<Estimate> curve;  // Goal % at these; a finished house stays as it is.
  std::vector<BuiltHouse> houses;

  bool people() const { return !recordings.empty(); }
  // Null if there is none of this key.
  const BuildingFigure* Find(absl::string_view key) const;
};

// The figures, curve and houses, with 95% intervals over the houses: at least one. The horizon is
// at least 100.
absl::StatusOr<BuildingReport> ReportBuilding(const std::vector<ObservedHouse>& houses,
                                              int horizon);

nlohmann::json ToJson(const BuildingReport& report);
// Strict; errors name the key and what was expected. Figures are in the order of their keys.
absl::StatusOr<BuildingReport> BuildingFromJson(const nlohmann::json& json);

// All figures beside those of recorded people, one a line.
std::string FormatBuilding(const BuildingReport& report);

}  // namespace hod::engine
