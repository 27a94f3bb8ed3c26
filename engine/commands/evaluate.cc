// hod evaluate.
#include "engine/evaluation/evaluate.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "engine/commands/figures.h"
#include "engine/play/player_spec.h"
#include "engine/program/checks.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"

namespace hod::engine {
namespace {

struct Options {
  std::string assistant, human, json, record;
  std::optional<std::string> goals;
  std::optional<int> episodes, simulations, threads;
  std::optional<std::string> threshold;  // A number; read as --set reads it.
  std::optional<int64_t> seed;
  std::vector<std::string> overrides;
  bool search = false;
};

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(Assistant assistant, OpenAssistant(options.assistant));
  ASSIGN_OR_RETURN(RunConfig config, ConfigOf(assistant));
  std::vector<std::string> overrides = options.overrides;
  const auto set = [&](const char* key, const auto& value) {
    if (value) overrides.push_back(absl::StrCat("evaluation.", key, "=", *value));
  };
  set("goals", options.goals);
  set("episodes", options.episodes);
  set("simulations", options.simulations);
  set("threads", options.threads);
  set("threshold", options.threshold);
  set("seed", options.seed);
  for (const std::string& assignment : overrides) {
    RETURN_IF_ERROR(Override(config, assignment));
  }
  const StopOnSignals handler;
  ASSIGN_OR_RETURN(EvaluationReport report, Evaluate({.config = config,
                                                      .assistant = std::move(assistant),
                                                      .search_reference = options.search,
                                                      .human = options.human,
                                                      .record_directory = options.record,
                                                      .stop = &g_stop}));
  RETURN_IF_ERROR(GiveFigures(options.json, ToJson(report), FormatTable(report)));
  if (!WasStopped(report)) return absl::OkStatus();
  return absl::CancelledError(absl::StrCat("stopped after ", report.houses.size(), " of ",
                                           config.evaluation.episodes, " houses"));
}

}  // namespace

void AddEvaluate(CLI::App& app, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "evaluate", "Compare a builder with an assistant and without, on the same houses");
  command->add_option("--assistant", options->assistant, AssistantSpecs())
      ->default_str(kShippedAssistant);
  options->assistant = kShippedAssistant;
  command->add_option("--human", options->human, PlayerSpecs())->default_str("heuristic");
  options->human = "heuristic";
  command->add_option("--goals", options->goals, env::kGoalSpecs);
  command->add_option("--episodes", options->episodes, "number of houses")
      ->check(WholeNumber(1, 1000000));
  command->add_option("--seed", options->seed, "of houses, builders and start locations")
      ->check(WholeNumber());
  command->add_flag("--search", options->search,
                    "an assistant of hod weights import searches, too, as in the reference");
  command->add_option("--simulations", options->simulations, "simulations of a move")
      ->check(WholeNumber(1, 100000));
  command->add_option("--threshold", options->threshold,
                      "how sure a belief must be to be carried out, from 0.5 to 1");
  command->add_option("--threads", options->threads, "threads that play")
      ->check(WholeNumber(1, 1024));
  command->add_option("--set", options->overrides, "key=value over the checkpoint's configuration")
      ->allow_extra_args(false);
  command->add_option("--json", options->json, "write the report here")->check(OutputFile());
  command->add_option("--record", options->record, "record every episode here")
      ->check(OutputFolder());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
