// hod report, and hod experiment: training, evaluation and report in one.
#include "engine/report/report.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "engine/evaluation/evaluate.h"
#include "engine/evaluation/stored_evaluation.h"
#include "engine/program/checks.h"
#include "engine/results/store.h"
#include "engine/training/train.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct Options {
  std::string config, out;
  std::vector<std::string> overrides;
};

// The evaluation of the newest checkpoint, an earlier one if nothing has changed; also as
// evaluation.json, which the report is written from.
absl::StatusOr<EvaluationReport> EvaluateRun(const RunDirectory& run) {
  ASSIGN_OR_RETURN(auto latest, run.LatestCheckpoint());
  if (!latest.has_value()) {
    return absl::NotFoundError(absl::StrCat(run.path(), ": no checkpoint to evaluate"));
  }
  ASSIGN_OR_RETURN(const ResultStore store, ResultStore::Open(run.path() + "/results"));
  ASSIGN_OR_RETURN(Assistant assistant,
                   OpenAssistant(TrainedAssistant(run.config(), latest->second)));
  ASSIGN_OR_RETURN(EvaluationReport report,
                   EvaluateOnce({.config = run.config(),
                                 .assistant = std::move(assistant),
                                 .human = run.config().human,
                                 .record_directory = run.path() + "/episodes"},
                                store, "evaluation"));
  RETURN_IF_ERROR(
      WriteFileAtomically(run.path() + "/evaluation.json", DumpJson(ToJson(report), 1) + "\n"));
  return report;
}

absl::Status RunExperiment(const Options& options) {
  ASSIGN_OR_RETURN(RunConfig config, LoadRunConfig(options.config, options.overrides));
  std::optional<StopOnSignals> handler(std::in_place);  // Set before there is a run to be seen.
  ASSIGN_OR_RETURN(RunDirectory run, RunDirectory::CreateOrResume(options.out, config, g_stop));
  RETURN_IF_ERROR(Train(run, "", g_stop));
  handler.reset();
  ASSIGN_OR_RETURN(EvaluationReport evaluation, EvaluateRun(run));
  ASSIGN_OR_RETURN(std::string report, WriteReport(run));
  std::printf("\n%s\nReport: %s\n", FormatTable(evaluation).c_str(), report.c_str());
  return absl::OkStatus();
}

}  // namespace

void AddExperiment(CLI::App& app, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "experiment", "Train, evaluate and report; what is already done is reused");
  command->add_option("--config", options->config, "run configuration (TOML)")
      ->required()
      ->check(Path());
  command->add_option("--set", options->overrides, "key=value over the configuration")
      ->allow_extra_args(false);
  command->add_option("--out", options->out, "run directory")->required()->check(OutputFolder());
  command->callback([options, &result] { result = RunExperiment(*options); });
}

void AddReport(CLI::App& app, absl::Status& result) {
  auto path = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "report", "Write the HTML report of a run from its metrics, evaluation and episodes");
  command->add_option("--run", *path, "run directory")->required()->check(Path());
  command->callback([path, &result] {
    absl::StatusOr<RunDirectory> run = RunDirectory::Open(*path);
    absl::StatusOr<std::string> report = run.ok() ? WriteReport(*run) : run.status();
    result = report.status();
    if (report.ok()) std::printf("%s\n", report->c_str());
  });
}

}  // namespace hod::engine
