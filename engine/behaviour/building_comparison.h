// Human models and people side by side: how they build, and how well models predict people.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/behaviour/building_report.h"
#include "env/draw/canvas.h"

namespace hod::engine {

// How well a model predicts people's actions in recordings it has not learnt from.
struct PredictionScore {
  std::string human;            // A report's name, or its model.
  std::string split, protocol;  // What was held out, and how it was asked for.
  int every = 1;                // One of this many rows was scored.
  int64_t scored = 0;           // Decisions.
  Estimate cross_entropy;       // Nats.
  Estimate accuracy;            // Share of rows whose action was thought the likeliest.
};

// Takes a file that holds more. Errors name the key and what was expected.
absl::StatusOr<PredictionScore> ScoreFromJson(const nlohmann::json& json);

// Whether reports fit one table: one horizon, all figures of the table, names of their own. Errors
// name the report and the key.
absl::Status CheckComparable(const std::vector<BuildingReport>& reports);

// Returns Markdown with a row for every report in its order, then for every model that has only
// scores. Every split and protocol of the scores has two columns. Requires CheckComparable().
std::string FormatComparison(const std::vector<BuildingReport>& reports,
                             const std::vector<PredictionScore>& scores);

// Goal % over time with 95% intervals; people's lines are dashed.
env::Canvas DrawBuilding(const std::vector<BuildingReport>& reports);

}  // namespace hod::engine
