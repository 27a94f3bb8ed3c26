// Learning curves of a run, from its metrics.
#pragma once

#include <vector>

#include "engine/charts/chart.h"
#include "engine/config/run_config.h"
#include "engine/report/run_metrics.h"

namespace hod::engine {

// A chart for each thing that is learnt, over minutes.
std::vector<Chart> LearningCurves(const RunConfig& config, const RunMetrics& metrics);

// The same line with at most `max_points` >= 1, each the mean of as many successive ones.
Series Thinned(const Series& series, size_t max_points);

}  // namespace hod::engine
