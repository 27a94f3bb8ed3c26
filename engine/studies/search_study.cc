#include "engine/studies/search_study.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/charts/chart.h"
#include "engine/evaluation/stored_evaluation.h"
#include "engine/results/store.h"
#include "env/base/status.h"
#include "env/draw/sheet.h"

namespace hod::engine {
namespace {

const StudyCell* FindCell(const std::vector<StudyCell>& cells, const std::string& name) {
  const auto found = std::find_if(cells.begin(), cells.end(),
                                  [&](const StudyCell& cell) { return cell.name == name; });
  return found == cells.end() ? nullptr : &*found;
}

}  // namespace

absl::StatusOr<std::vector<StudyCell>> RunStudy(const Study& study, const EvaluationSetup& setup,
                                                const std::string& directory) {
  ASSIGN_OR_RETURN(const ResultStore store, ResultStore::Open(directory));
  std::vector<StudyCell> cells;
  for (const StudyVariant& variant : study.variants) {
    for (const int simulations : variant.simulations) {
      EvaluationSetup cell_setup = setup;
      for (const std::string& assignment : variant.overrides) {
        RETURN_IF_ERROR(Override(cell_setup.config, assignment));
      }
      cell_setup.config.evaluation.simulations = simulations;
      StudyCell& cell = cells.emplace_back();
      cell.name = CellName(variant.name, simulations);
      cell.variant = variant.name;
      cell.simulations = simulations;
      std::fprintf(stderr, "%s\n", cell.name.c_str());
      ASSIGN_OR_RETURN(cell.report, EvaluateOnce(cell_setup, store,
                                                 absl::StrCat(variant.name, "-", simulations)));
    }
  }
  return cells;
}

std::string FormatStudy(const Study& study, const std::vector<StudyCell>& cells) {
  const StudyCell& baseline = *FindCell(cells, study.baseline);
  std::string text = absl::StrFormat(
      "| search | simulations | goal %% | human actions | saved %% | share built %% | wrong | "
      "fewer "
      "actions than %s, %% |\n|---|---|---|---|---|---|---|---|\n",
      study.baseline);
  for (const StudyCell& cell : cells) {
    const auto assisted = [&](const char* key) {
      return Format(ComparisonOf(cell.report, key).assisted);
    };
    absl::StrAppendFormat(&text, "| %s | %d | %s | %s | %s | %s | %s | %s |\n", cell.variant,
                          cell.simulations, assisted("goal_percent"), assisted("human_actions"),
                          Format(cell.report.human_actions_saved), assisted("assistant_percent"),
                          assisted("assistant_wrong"),
                          Format(FewerActions(cell.report, baseline.report)));
  }
  absl::StrAppendFormat(&text, "\nHuman alone: %s actions. ",
                        Format(ComparisonOf(baseline.report, "human_actions").alone));
  absl::StrAppendFormat(&text, "Means over %d houses with 95%% bootstrap intervals.\n",
                        baseline.report.houses.size());
  for (const StudyPair& pair : study.pairs) {
    const std::string &a = pair.cells[0], &b = pair.cells[1];
    absl::StrAppendFormat(
        &text, "With %s the human has %s %% less to do than with %s.\n", a,
        Format(FewerActions(FindCell(cells, a)->report, FindCell(cells, b)->report)), b);
  }
  return text;
}

env::Canvas DrawStudy(const Study& study, const std::vector<StudyCell>& cells) {
  struct Figure {
    const char* title;
    const char* label;
    Estimate (*get)(const StudyCell&);
  };
  constexpr Figure kFigures[] = {
      {"What the assistant saves", "human actions saved, %",
       [](const StudyCell& c) { return c.report.human_actions_saved; }},
      {"What it builds", "share built by the assistant, %",
       [](const StudyCell& c) { return ComparisonOf(c.report, "assistant_percent").assisted; }},
      {"What stands at the end", "goal, %",
       [](const StudyCell& c) { return ComparisonOf(c.report, "goal_percent").assisted; }}};
  constexpr int kWidth = 640, kHeight = 420;
  std::vector<env::Canvas> charts;
  std::map<std::string, int> cells_of;
  double fewest = cells.front().simulations, most = fewest;
  for (const StudyCell& cell : cells) {
    ++cells_of[cell.variant];
    fewest = std::min<double>(fewest, cell.simulations);
    most = std::max<double>(most, cell.simulations);
  }
  for (const Figure& figure : kFigures) {
    Chart chart;
    chart.title = figure.title;
    chart.x_label = "simulations of a move";
    chart.y_label = figure.label;
    chart.log2_x = true;
    chart.width = kWidth;
    chart.height = kHeight;
    const Estimate level = figure.get(*FindCell(cells, study.baseline));
    chart.series.push_back({study.baseline,
                            {fewest, most},
                            {level.mean, level.mean},
                            {level.low, level.low},
                            {level.high, level.high}});
    for (const StudyCell& cell : cells) {
      if (cells_of[cell.variant] == 1) continue;
      if (chart.series.back().name != cell.variant) {
        chart.series.emplace_back().name = cell.variant;
      }
      Series& series = chart.series.back();
      const Estimate estimate = figure.get(cell);
      series.x.push_back(cell.simulations);
      series.y.push_back(estimate.mean);
      series.low.push_back(estimate.low);
      series.high.push_back(estimate.high);
    }
    charts.push_back(DrawChart(chart));
  }
  return env::DrawGrid(charts, static_cast<int>(charts.size()));
}

}  // namespace hod::engine
