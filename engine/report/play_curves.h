// Who plays for a run, over its time: here and, by Redis, on other machines.
#pragma once

#include <vector>

#include "engine/charts/chart.h"
#include "engine/report/run_metrics.h"

namespace hod::engine {

// Charts over minutes since the run's first line, by the wall clock: how many play, how fast, with
// how old networks, and, with other machines, which shards wait or did not arrive. None for a run
// that has not been played.
std::vector<Chart> PlayCurves(const RunMetrics& metrics);

}  // namespace hod::engine
