// Reports made up for the tests of this folder.
#pragma once

#include <string>
#include <vector>

#include "engine/behaviour/building_report.h"

namespace hod::engine {

// A house of 4 stones in a row: the builder waits, places them one a row, then waits. The
// first `idle` of `rows` rows are waits.
ObservedHouse RowOfStones(int rows, int idle);

// Three houses, of which a row of 40 is too short for the last.
BuildingReport SmallReport(const std::string& name);

}  // namespace hod::engine
