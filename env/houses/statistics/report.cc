#include "env/houses/statistics/report.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"
#include "env/houses/statistics/statistics.h"

namespace hod::env {
namespace {

Column ColumnOf(const std::string& spec, const GoalSource& source, int count,
                const WorldSize& size) {
  std::vector<std::vector<Block>> goals;
  const int available = source.size().value_or(count);
  for (int i = 0; i < std::min(count, available); ++i) goals.push_back(source.Get(i).blocks);
  return {absl::StrCat(spec, " (", goals.size(), ")"), Summarize(size, goals)};
}

}  // namespace

absl::StatusOr<std::string> CompareGoals(const std::string& spec, int count,
                                         const std::string& real_spec, const GameConfig& config,
                                         uint64_t seed) {
  ASSIGN_OR_RETURN(const auto source, MakeGoalSource(spec, config, seed));
  std::vector<Column> columns = {ColumnOf(spec, *source, count, config.size)};
  if (real_spec.empty()) {
    columns.push_back({"18 real houses (11x10x10)", RealHouseFigures()});
  } else {
    ASSIGN_OR_RETURN(const auto real, MakeGoalSource(real_spec, config, seed));
    columns.push_back(ColumnOf(real_spec, *real, real->size().value_or(count), config.size));
  }
  return FormatTable(columns);
}

}  // namespace hod::env
