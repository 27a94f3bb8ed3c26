#include "engine/behaviour/building_comparison.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/charts/chart.h"
#include "engine/results/estimate.h"
#include "env/base/json_object_reader.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct FigureColumn {
  const char* key;
  const char* title;
  double scale;
  int decimals;
};
constexpr FigureColumn kFigureColumns[] = {
    {"edits_per_needed_edit", "edits per needed edit", 1, 2},
    {"place_errors", "wrong places, %", 100, 1},
    {"noop_rows", "no-ops, %", 100, 1},
    {"order_y_correlation", "order and height, correlation", 1, 2},
    {"edit_distance_1", "next edit adjacent, %", 100, 1},
    {"same_type", "next place of same type, %", 100, 1},
};

// What scores have in common that may stand in one column: the split and the protocol.
using ScoreGroup = std::pair<std::string, std::string>;

ScoreGroup GroupOf(const PredictionScore& score) { return {score.split, score.protocol}; }

std::vector<ScoreGroup> GroupsOf(const std::vector<PredictionScore>& scores) {
  std::vector<ScoreGroup> groups;
  for (const PredictionScore& score : scores) {
    if (std::find(groups.begin(), groups.end(), GroupOf(score)) == groups.end()) {
      groups.push_back(GroupOf(score));
    }
  }
  return groups;
}

bool IsOf(const PredictionScore& score, const BuildingReport& report) {
  return score.human == report.name || (!report.people() && score.human == report.human);
}

// The two cells of every group, of the scores that `chosen` takes.
template <typename Chosen>
std::string ScoreCells(const std::vector<PredictionScore>& scores, const Chosen& chosen) {
  std::string cells;
  for (const ScoreGroup& group : GroupsOf(scores)) {
    const auto score = std::find_if(scores.begin(), scores.end(), [&](const PredictionScore& s) {
      return GroupOf(s) == group && chosen(s);
    });
    absl::StrAppend(&cells, score == scores.end()
                                ? " - | - |"
                                : absl::StrCat(" ", Format(score->cross_entropy, {.digits = 3}),
                                               " | ", Format(100 * score->accuracy), " |"));
  }
  return cells;
}

// The curve at a share of the horizon.
const Estimate& CurveAt(const BuildingReport& report, double share) {
  return report.curve[std::lround(share * static_cast<double>(report.curve.size() - 1))];
}

std::string FiguresOf(const BuildingReport& report) {
  std::string cells;
  for (const double share : {0.25, 0.5, 1.0}) {
    absl::StrAppend(&cells, " ", Format(CurveAt(report, share)), " |");
  }
  for (const FigureColumn& column : kFigureColumns) {
    const Estimate& estimate = report.Find(column.key)->estimate;
    absl::StrAppend(&cells, " ", Format(column.scale * estimate, {.digits = column.decimals}),
                    " |");
  }
  return cells;
}

std::string TimesOf(const BuildingReport& report) {
  if (report.people()) return " - | - |";
  return absl::StrFormat(" %.3g | %.0f |", report.milliseconds_per_row, report.seconds);
}

std::string Header(const BuildingReport& any, const std::vector<PredictionScore>& scores) {
  std::string header = "| |";
  int columns = 5 + static_cast<int>(std::size(kFigureColumns));
  for (const auto& [split, protocol] : GroupsOf(scores)) {
    absl::StrAppendFormat(&header, " cross entropy (%s, %s) | predicted first, %% (%s, %s) |",
                          split, protocol, split, protocol);
    columns += 2;
  }
  const int horizon = any.horizon;
  for (const int timestep : {horizon / 4, horizon / 2, horizon}) {
    absl::StrAppendFormat(&header, " goal %% after %d |", timestep);
  }
  for (const FigureColumn& column : kFigureColumns) {
    absl::StrAppend(&header, " ", column.title, " |");
  }
  absl::StrAppend(&header, " ms per timestep | wall time, s |\n|---|");
  for (int i = 0; i < columns; ++i) absl::StrAppend(&header, "---|");
  return header + "\n";
}

std::string HousesOf(const BuildingReport& report) {
  const size_t houses = report.houses.size();
  if (report.people()) return absl::StrFormat("%d recorded houses", houses);
  return absl::StrFormat("%d houses of %s from seed %d", houses, report.goals, report.seed);
}

std::string RowsOf(const PredictionScore& score) {
  return absl::StrFormat("%d decisions of people (%s, %s), one of %d", score.scored, score.split,
                         score.protocol, score.every);
}

std::string Notes(const std::vector<BuildingReport>& reports,
                  const std::vector<PredictionScore>& scores) {
  std::vector<std::pair<std::string, std::vector<std::string>>> notes;  // And of whom they say so.
  const auto add = [&](const std::string& note, const std::string& name) {
    const auto same = std::find_if(notes.begin(), notes.end(),
                                   [&](const auto& other) { return other.first == note; });
    (same == notes.end() ? notes.emplace_back(note, std::vector<std::string>()) : *same)
        .second.push_back(name);
  };
  for (const BuildingReport& report : reports) add(HousesOf(report), report.name);
  for (const PredictionScore& score : scores) add(RowsOf(score), score.human);
  std::string text = "\nMeans with 95% bootstrap intervals.";
  for (const auto& [note, names] : notes) {
    absl::StrAppend(&text, " ", note, ": ", absl::StrJoin(names, "; "), ".");
  }
  return text + "\n";
}

}  // namespace

absl::StatusOr<PredictionScore> ScoreFromJson(const nlohmann::json& json) {
  PredictionScore score;
  JsonObjectReader reader(json, "");
  reader.Read("human", score.human);
  reader.Read("split", score.split);
  reader.Read("protocol", score.protocol);
  reader.Read("every", 1, INT32_MAX, score.every);
  reader.IgnoreOtherKeys();
  reader.ReadObject("overall", [&](JsonObjectReader& figures) {
    figures.IgnoreOtherKeys();
    figures.Read("scored", 1, INT64_MAX, score.scored);
    ReadEstimate(figures, "cross_entropy", score.cross_entropy);
    ReadEstimate(figures, "accuracy", score.accuracy);
  });
  RETURN_IF_ERROR(reader.Finish());
  return score;
}

absl::Status CheckComparable(const std::vector<BuildingReport>& reports) {
  for (size_t i = 0; i < reports.size(); ++i) {
    const BuildingReport& report = reports[i];
    const auto fail = [&](const std::string& what) {
      return absl::InvalidArgumentError(absl::StrCat(report.name, ": ", what));
    };
    if (report.horizon != reports.front().horizon) {
      return fail(absl::StrFormat("horizon: expected %d as in %s, got %d", reports.front().horizon,
                                  reports.front().name, report.horizon));
    }
    for (const FigureColumn& column : kFigureColumns) {
      if (report.Find(column.key) == nullptr) {
        return fail(absl::StrCat("figures.", column.key, ": expected this key"));
      }
    }
    for (size_t k = 0; k < i; ++k) {
      if (reports[k].name == report.name) return fail("name: expected one that no other has");
    }
  }
  return absl::OkStatus();
}

std::string FormatComparison(const std::vector<BuildingReport>& reports,
                             const std::vector<PredictionScore>& scores) {
  std::string table = Header(reports.front(), scores);
  for (const BuildingReport& report : reports) {
    absl::StrAppend(
        &table, "| ", report.name, " |",
        ScoreCells(scores, [&](const PredictionScore& score) { return IsOf(score, report); }),
        FiguresOf(report), TimesOf(report), "\n");
  }
  std::vector<std::string> listed;
  for (const PredictionScore& score : scores) {
    const bool built =
        std::any_of(reports.begin(), reports.end(),
                    [&](const BuildingReport& report) { return IsOf(score, report); });
    if (built || std::find(listed.begin(), listed.end(), score.human) != listed.end()) continue;
    listed.push_back(score.human);
    absl::StrAppend(
        &table, "| ", score.human, " |",
        ScoreCells(scores, [&](const PredictionScore& s) { return s.human == score.human; }));
    for (size_t i = 0; i < 5 + std::size(kFigureColumns); ++i) absl::StrAppend(&table, " - |");
    table += "\n";
  }
  return table + Notes(reports, scores);
}

env::Canvas DrawBuilding(const std::vector<BuildingReport>& reports) {
  Chart chart;
  chart.title = "How much of the house stands, over time";
  chart.x_label = "timesteps";
  chart.y_label = "goal %";
  chart.width = 1040;
  chart.height = 560;
  for (const BuildingReport& report : reports) {
    Series& series = chart.series.emplace_back();
    series.name = report.name;
    series.dashed = report.people();
    for (size_t i = 0; i < report.curve.size(); ++i) {
      series.x.push_back(report.timesteps[i]);
      series.y.push_back(report.curve[i].mean);
      series.low.push_back(report.curve[i].low);
      series.high.push_back(report.curve[i].high);
    }
  }
  return DrawChart(chart);
}

}  // namespace hod::engine
