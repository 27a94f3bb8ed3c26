// hod study training.
#include <memory>
#include <string>
#include <vector>

#include "engine/commands/command.h"
#include "engine/commands/study_files.h"
#include "engine/program/checks.h"
#include "engine/studies/training_study.h"
#include "env/base/status.h"
#include "env/base/version.h"

namespace hod::engine {
namespace {

struct Options {
  std::string study, out;
};

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(const TrainingStudy study, LoadTrainingStudy(options.study));
  const StopOnSignals handler;  // Set before there is a run to be seen.
  ASSIGN_OR_RETURN(const std::vector<StudiedTraining> trainings,
                   RunTrainingStudy(study, options.out, g_stop));
  nlohmann::json json = TrainingStudyJson(study, trainings);
  json["git_revision"] = kGitRevision;
  return PublishStudy(options.out, FormatTrainingStudy(study, trainings),
                      DrawTrainingStudy(study, trainings), json);
}

}  // namespace

void AddStudyTraining(CLI::App& study, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = study.add_subcommand(
      "training", "Trainings side by side: what a setting does to what is learnt");
  command->add_option("STUDY.toml", options->study, "the trainings: configs/training_study.toml")
      ->required()
      ->check(Path());
  command->add_option("--out", options->out, "directory for runs, figures, table and plot")
      ->required()
      ->check(OutputFolder());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
