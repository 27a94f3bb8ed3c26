#include "engine/studies/assistant_study.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/charts/bars.h"
#include "engine/evaluation/stored_evaluation.h"
#include "engine/results/store.h"
#include "engine/studies/study_names.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct Column {
  const char* key;
  const char* title;
};
constexpr Column kColumns[] = {{"goal_percent", "goal %"},
                               {"human_actions", "human actions"},
                               {"assistant_percent", "share built %"},
                               {"assistant_wrong", "wrong"},
                               {"timesteps", "timesteps"}};

const AssistantCell& CellOf(const std::vector<AssistantCell>& cells, const std::string& assistant,
                            const std::string& human, const std::string& houses) {
  return *std::find_if(cells.begin(), cells.end(), [&](const AssistantCell& cell) {
    return cell.assistant == assistant && cell.human == human && cell.houses == houses;
  });
}

// Calls `visit(human, houses, the baseline's cell)` for every table.
void ForEachTable(const AssistantStudy& study, const std::vector<AssistantCell>& cells,
                  const std::function<void(const StudiedHuman&, const StudiedHouses&,
                                           const AssistantCell&)>& visit) {
  for (const StudiedHouses& houses : study.houses) {
    for (const StudiedHuman& human : study.humans) {
      visit(human, houses, CellOf(cells, study.baseline, human.name, houses.name));
    }
  }
}

double AHouse(double total, const AssistantCell& cell) {
  return total / static_cast<double>(cell.report.houses.size());
}

}  // namespace

absl::StatusOr<std::vector<AssistantCell>> RunAssistantStudy(const AssistantStudy& study,
                                                             const std::string& directory) {
  ASSIGN_OR_RETURN(const ResultStore store, ResultStore::Open(directory));
  std::vector<AssistantCell> cells;
  for (const StudiedAssistant& studied : study.assistants) {
    ASSIGN_OR_RETURN(const Assistant assistant, OpenAssistant(studied.spec));
    ASSIGN_OR_RETURN(RunConfig config, ConfigOf(assistant));
    for (const auto* overrides : {&study.overrides, &studied.overrides}) {
      for (const std::string& assignment : *overrides) {
        RETURN_IF_ERROR(Annotate(Override(config, assignment), studied.name));
      }
    }
    config.evaluation.seed = study.seed;
    for (const StudiedHouses& houses : study.houses) {
      config.evaluation.goals = houses.goals;
      config.evaluation.episodes = houses.episodes;
      for (const StudiedHuman& human : study.humans) {
        AssistantCell& cell = cells.emplace_back();
        cell.assistant = studied.name;
        cell.human = human.name;
        cell.houses = houses.name;
        std::fprintf(stderr, "%s beside %s on %s\n", studied.name.c_str(), human.name.c_str(),
                     houses.name.c_str());
        const EvaluationSetup setup = {
            .config = config, .assistant = assistant, .human = human.spec, .record_directory = ""};
        ASSIGN_OR_RETURN(cell.report,
                         EvaluateOnce(setup, store,
                                      FileNameOf(absl::StrCat(studied.name, "--", human.name, "--",
                                                              houses.name))));
      }
    }
  }
  return cells;
}

std::string FormatAssistantStudy(const AssistantStudy& study,
                                 const std::vector<AssistantCell>& cells) {
  std::string text;
  ForEachTable(
      study, cells,
      [&](const StudiedHuman& human, const StudiedHouses& houses, const AssistantCell& baseline) {
        absl::StrAppendFormat(&text, "## %s, %s\n\n| assistant | saved %% | at equal progress |",
                              houses.name, human.name);
        for (const Column& column : kColumns) absl::StrAppend(&text, " ", column.title, " |");
        absl::StrAppendFormat(
            &text,
            " fewer actions than %s, %% | at equal progress | evaluations a house | "
            "core-seconds a house |\n",
            study.baseline);
        text += "|---|---|---|---|---|---|---|---|---|---|---|---|\n| human alone | | |";
        for (const Column& column : kColumns) {
          absl::StrAppend(&text, " ", Format(ComparisonOf(baseline.report, column.key).alone),
                          " |");
        }
        text += " | | | |\n";
        for (const StudiedAssistant& assistant : study.assistants) {
          const AssistantCell& cell = CellOf(cells, assistant.name, human.name, houses.name);
          absl::StrAppend(&text, "| ", assistant.name, " | ",
                          Format(cell.report.human_actions_saved), " | ",
                          Format(cell.report.saved_at_equal_progress), " |");
          for (const Column& column : kColumns) {
            absl::StrAppend(&text, " ", Format(ComparisonOf(cell.report, column.key).assisted),
                            " |");
          }
          absl::StrAppendFormat(&text, " %s | %s | %.0f | %s |\n",
                                Format(FewerActions(cell.report, baseline.report)),
                                Format(FewerActionsAtEqualProgress(cell.report, baseline.report)),
                                AHouse(static_cast<double>(cell.report.evaluations), cell),
                                FormatNumber(AHouse(cell.report.processor_seconds, cell),
                                             {.digits = 2, .significant = true}));
        }
        absl::StrAppendFormat(&text,
                              "\nMeans over %d houses with 95%% bootstrap intervals. Core-seconds: "
                              "processor time, of the human alone, too.\n\n",
                              baseline.report.houses.size());
      });
  return text;
}

nlohmann::json AssistantStudyJson(const AssistantStudy& study,
                                  const std::vector<AssistantCell>& cells) {
  nlohmann::json tables = nlohmann::json::array();
  ForEachTable(
      study, cells,
      [&](const StudiedHuman& human, const StudiedHouses& houses, const AssistantCell& baseline) {
        nlohmann::json alone, rows = nlohmann::json::array();
        for (const Column& column : kColumns) {
          alone[column.key] = ToJson(ComparisonOf(baseline.report, column.key).alone);
        }
        for (const StudiedAssistant& assistant : study.assistants) {
          const AssistantCell& cell = CellOf(cells, assistant.name, human.name, houses.name);
          nlohmann::json row = {
              {"assistant", assistant.name},
              {"saved_percent", ToJson(cell.report.human_actions_saved)},
              {"saved_at_equal_progress_percent", ToJson(cell.report.saved_at_equal_progress)},
              {"fewer_than_baseline_percent", ToJson(FewerActions(cell.report, baseline.report))},
              {"fewer_than_baseline_at_equal_progress_percent",
               ToJson(FewerActionsAtEqualProgress(cell.report, baseline.report))},
              {"evaluations_per_house", AHouse(static_cast<double>(cell.report.evaluations), cell)},
              {"seconds", cell.report.seconds},
              {"processor_seconds", cell.report.processor_seconds}};
          for (const Column& column : kColumns) {
            const FigureComparison& figure = ComparisonOf(cell.report, column.key);
            row[column.key] = ToJson(figure.assisted);
            row["difference"][column.key] = ToJson(figure.difference);
          }
          rows.push_back(std::move(row));
        }
        tables.push_back({{"human", human.name},
                          {"houses", houses.name},
                          {"episodes", baseline.report.houses.size()},
                          {"alone", std::move(alone)},
                          {"assistants", std::move(rows)}});
      });
  return {{"baseline", study.baseline}, {"seed", study.seed}, {"tables", std::move(tables)}};
}

env::Canvas DrawAssistantStudy(const AssistantStudy& study,
                               const std::vector<AssistantCell>& cells) {
  constexpr env::Color kColors[] = {{0.17, 0.42, 0.69}, {0.75, 0.35, 0.12}, {0.24, 0.54, 0.31},
                                    {0.54, 0.31, 0.62}, {0.60, 0.48, 0.11}, {0.29, 0.29, 0.29}};
  BarTable table;
  table.title = "Actions of the human that assistants save, %";
  for (const StudiedAssistant& assistant : study.assistants) {
    table.rows.push_back({assistant.name, {}, assistant.name == study.baseline});
  }
  ForEachTable(study, cells,
               [&](const StudiedHuman& human, const StudiedHouses& houses, const AssistantCell&) {
                 table.columns.push_back({absl::StrCat(houses.name, ", ", human.name),
                                          kColors[table.columns.size() % std::size(kColors)]});
                 for (size_t i = 0; i < study.assistants.size(); ++i) {
                   const Estimate& saved =
                       CellOf(cells, study.assistants[i].name, human.name, houses.name)
                           .report.human_actions_saved;
                   table.rows[i].bars.push_back({saved.mean, Format(saved)});
                 }
               });
  return DrawBars(table, static_cast<int>(220 + 200 * table.columns.size()));
}

}  // namespace hod::engine
