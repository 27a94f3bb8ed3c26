#include "engine/studies/search_study.h"

#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/charts/chart.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

const StudyCell* FindCell(const std::vector<StudyCell>& cells, const std::string& name) {
  const auto found = std::find_if(cells.begin(), cells.end(),
                                  [&](const StudyCell& cell) { return cell.name == name; });
  return found == cells.end() ? nullptr : &*found;
}

const FigureComparison& ComparisonOf(const StudyCell& cell, const std::string& key) {
  return *std::find_if(cell.report.comparisons.begin(), cell.report.comparisons.end(),
                       [&](const FigureComparison& c) { return c.key == key; });
}

std::string CellName(const std::string& variant, int simulations) {
  return absl::StrCat(variant, "/", simulations);
}

absl::StatusOr<StudyVariant> VariantFrom(const toml::table& table) {
  StudyVariant variant;
  variant.name = table["name"].value_or(std::string());
  if (variant.name.empty()) return absl::InvalidArgumentError("name: expected a text");
  const toml::array* simulations = table["simulations"].as_array();
  for (size_t i = 0; simulations != nullptr && i < simulations->size(); ++i) {
    const auto count = simulations->get(i)->value<int64_t>();
    if (!count || *count < 1 || *count > 100000) {
      return absl::InvalidArgumentError("simulations: expected integers from 1 to 100000");
    }
    variant.simulations.push_back(static_cast<int>(*count));
  }
  if (variant.simulations.empty()) {
    return absl::InvalidArgumentError("simulations: expected a list of integers");
  }
  if (const toml::array* set = table["set"].as_array()) {
    for (const toml::node& item : *set) {
      const auto text = item.value<std::string>();
      if (!text) return absl::InvalidArgumentError("set: expected a list of \"key=value\"");
      variant.overrides.push_back(*text);
    }
  }
  for (const auto& [key, value] : table) {
    if (key != "name" && key != "simulations" && key != "set") {
      return absl::InvalidArgumentError(
          absl::StrCat(std::string(key.str()), ": expected name, simulations or set"));
    }
  }
  return variant;
}

// The report of an earlier run with the same settings, if there is one.
std::optional<EvaluationReport> EarlierReport(const std::string& path,
                                              const EvaluationSetup& setup) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return std::nullopt;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return std::nullopt;
  absl::StatusOr<EvaluationReport> report = EvaluationFromJson(json);
  if (!report.ok() || report->origin.at("config") != ToToml(setup.config) ||
      report->origin.at("assistant") != setup.assistant.spec) {
    return std::nullopt;
  }
  return *std::move(report);
}

std::string Interval(const Estimate& e) {
  return absl::StrFormat("%.1f [%.1f, %.1f]", e.mean, e.low, e.high);
}

}  // namespace

absl::StatusOr<Study> LoadStudy(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  const auto refuse = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
  };
  Study study;
  std::vector<std::string> names;
  try {  // toml++ reports syntax errors by exceptions.
    const toml::table table = toml::parse(text);
    const toml::array* variants = table["variant"].as_array();
    for (size_t i = 0; variants != nullptr && i < variants->size(); ++i) {
      const toml::table* entry = variants->get(i)->as_table();
      if (entry == nullptr) return refuse("variant: expected tables [[variant]]");
      absl::StatusOr<StudyVariant> variant = VariantFrom(*entry);
      if (!variant.ok()) {
        return refuse(absl::StrCat("variant ", i, ": ", std::string(variant.status().message())));
      }
      for (const int n : variant->simulations) names.push_back(CellName(variant->name, n));
      study.variants.push_back(*std::move(variant));
    }
    study.baseline = table["baseline"].value_or(std::string());
    const toml::array* pairs = table["pair"].as_array();
    for (size_t i = 0; pairs != nullptr && i < pairs->size(); ++i) {
      const toml::table* entry = pairs->get(i)->as_table();
      const toml::array* cells = entry == nullptr ? nullptr : (*entry)["cells"].as_array();
      if (cells == nullptr || cells->size() != 2) return refuse("pair: expected cells = [A, B]");
      study.pairs.emplace_back(cells->get(0)->value_or(std::string()),
                               cells->get(1)->value_or(std::string()));
    }
  } catch (const toml::parse_error& error) {
    return refuse(
        absl::StrCat("line ", error.source().begin.line, ": ", std::string(error.description())));
  }
  const auto check = [&](const std::string& key, const std::string& cell) {
    if (std::count(names.begin(), names.end(), cell) == 1) return absl::OkStatus();
    return refuse(absl::StrCat(key, ": \"", cell, "\" is no cell of this study, or two"));
  };
  RETURN_IF_ERROR(check("baseline", study.baseline));
  for (const auto& [a, b] : study.pairs) {
    for (const std::string& cell : {a, b}) {
      RETURN_IF_ERROR(check("pair", cell));
    }
  }
  return study;
}

absl::StatusOr<std::vector<StudyCell>> RunStudy(const Study& study, const EvaluationSetup& setup,
                                                const std::string& directory) {
  RETURN_IF_ERROR(MakeDirectories(directory));
  std::vector<StudyCell> cells;
  for (const StudyVariant& variant : study.variants) {
    for (const int simulations : variant.simulations) {
      EvaluationSetup cell_setup = setup;
      for (const std::string& assignment : variant.overrides) {
        RETURN_IF_ERROR(Override(cell_setup.config, assignment));
      }
      cell_setup.config.evaluation.simulations = simulations;
      const std::string name = CellName(variant.name, simulations);
      const std::string path =
          absl::StrFormat("%s/%s-%d.json", directory, variant.name, simulations);
      std::optional<EvaluationReport> earlier = EarlierReport(path, cell_setup);
      std::fprintf(stderr, "%s%s\n", name.c_str(), earlier ? ": reusing an earlier run" : "");
      if (!earlier) {
        ASSIGN_OR_RETURN(EvaluationReport report, Evaluate(cell_setup));
        RETURN_IF_ERROR(WriteFileAtomically(path, ToJson(report).dump(1) + "\n"));
        earlier = std::move(report);
      }
      cells.push_back({name, variant.name, simulations, *std::move(earlier)});
    }
  }
  return cells;
}

Estimate FewerActions(const StudyCell& cell, const StudyCell& other) {
  std::vector<double> with, without;
  for (size_t i = 0; i < cell.report.houses.size(); ++i) {
    with.push_back(cell.report.houses[i].assisted.human_actions);
    without.push_back(other.report.houses[i].assisted.human_actions);
  }
  return BootstrapReduction(with, without, /*seed=*/1);
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
      return Interval(ComparisonOf(cell, key).assisted);
    };
    absl::StrAppendFormat(&text, "| %s | %d | %s | %s | %s | %s | %s | %s |\n", cell.variant,
                          cell.simulations, assisted("goal_percent"), assisted("human_actions"),
                          Interval(cell.report.human_actions_saved), assisted("assistant_percent"),
                          assisted("assistant_wrong"), Interval(FewerActions(cell, baseline)));
  }
  absl::StrAppendFormat(&text, "\nHuman alone: %s actions. ",
                        Interval(ComparisonOf(baseline, "human_actions").alone));
  absl::StrAppendFormat(&text, "Means over %d houses with 95%% bootstrap intervals.\n",
                        baseline.report.houses.size());
  for (const auto& [a, b] : study.pairs) {
    absl::StrAppendFormat(&text, "With %s the human has %s %% less to do than with %s.\n", a,
                          Interval(FewerActions(*FindCell(cells, a), *FindCell(cells, b))), b);
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
       [](const StudyCell& c) { return ComparisonOf(c, "assistant_percent").assisted; }},
      {"What stands at the end", "goal, %",
       [](const StudyCell& c) { return ComparisonOf(c, "goal_percent").assisted; }}};
  constexpr int kWidth = 640, kHeight = 420;
  env::Canvas canvas(static_cast<int>(std::size(kFigures)) * kWidth, kHeight);
  std::map<std::string, int> cells_of;
  double fewest = cells.front().simulations, most = fewest;
  for (const StudyCell& cell : cells) {
    ++cells_of[cell.variant];
    fewest = std::min<double>(fewest, cell.simulations);
    most = std::max<double>(most, cell.simulations);
  }
  int x = 0;
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
    canvas.Paste(DrawChart(chart), x, 0);
    x += kWidth;
  }
  return canvas;
}

}  // namespace hod::engine
