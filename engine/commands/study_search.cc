// hod study search.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "engine/commands/study_files.h"
#include "engine/config/trained_config.h"
#include "engine/program/checks.h"
#include "engine/studies/search_study.h"
#include "env/base/status.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {
namespace {

struct Options {
  std::string study, assistant, human = "heuristic", out;
  std::optional<std::string> goals;
  std::optional<int> episodes, threads;
  std::optional<int64_t> seed;
};

absl::Status Run(const Options& options) {
  absl::StatusOr<Study> study = LoadStudy(options.study);
  RETURN_IF_ERROR(study.status());
  ASSIGN_OR_RETURN(models::LoadedNetwork loaded, models::OpenHodNetwork(options.assistant));
  const auto network = std::make_shared<const models::LoadedNetwork>(std::move(loaded));
  ASSIGN_OR_RETURN(RunConfig config, TrainedConfig(*network));
  const auto set = [&](const char* key, const auto& value) {
    return value ? Override(config, absl::StrCat("evaluation.", key, "=", *value))
                 : absl::OkStatus();
  };
  for (const absl::Status& status : {set("goals", options.goals), set("episodes", options.episodes),
                                     set("threads", options.threads), set("seed", options.seed)}) {
    RETURN_IF_ERROR(status);
  }
  ASSIGN_OR_RETURN(std::vector<StudyCell> cells,
                   RunStudy(*study,
                            {.config = config,
                             .assistant = {options.assistant, network},
                             .human = options.human,
                             .record_directory = ""},
                            options.out));
  return PublishStudy(options.out, FormatStudy(*study, cells), DrawStudy(*study, cells));
}

}  // namespace

void AddStudySearch(CLI::App& study, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      study.add_subcommand("search", "One assistant under several searches, on the same houses");
  command->add_option("STUDY.toml", options->study, "the searches: configs/search_study.toml")
      ->required()
      ->check(Path());
  command->add_option("--assistant", options->assistant, "checkpoint")->required()->check(Path());
  command->add_option("--human", options->human, "human model")->capture_default_str();
  command->add_option("--goals", options->goals, "where the houses come from");
  command->add_option("--episodes", options->episodes, "number of houses")
      ->check(WholeNumber(1, 1000000));
  command->add_option("--seed", options->seed, "of houses, builders and start locations")
      ->check(WholeNumber());
  command->add_option("--threads", options->threads, "threads that play")
      ->check(WholeNumber(1, 1024));
  command->add_option("--out", options->out, "directory for reports, table and plot")
      ->required()
      ->check(OutputFolder());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
