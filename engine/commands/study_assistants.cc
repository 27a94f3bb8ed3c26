// hod study assistants.
#include <memory>
#include <string>
#include <vector>

#include "engine/charts/picture.h"
#include "engine/commands/command.h"
#include "engine/commands/study_files.h"
#include "engine/program/checks.h"
#include "engine/studies/assistant_study.h"
#include "env/base/status.h"
#include "env/base/version.h"

namespace hod::engine {
namespace {

struct Options {
  std::string study, out;
};

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(const AssistantStudy study, LoadAssistantStudy(options.study));
  ASSIGN_OR_RETURN(const std::vector<AssistantCell> cells, RunAssistantStudy(study, options.out));
  ASSIGN_OR_RETURN(const std::vector<Picture> courses, DrawAssistantCourses(study, cells));
  RETURN_IF_ERROR(WritePictures(courses, options.out));
  nlohmann::json json = AssistantStudyJson(study, cells);
  json["git_revision"] = kGitRevision;
  return PublishStudy(options.out, FormatAssistantStudy(study, cells),
                      DrawAssistantStudy(study, cells), json);
}

}  // namespace

void AddStudyAssistants(CLI::App& study, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = study.add_subcommand(
      "assistants", "Assistants beside humans on houses: the tables of the paper");
  command
      ->add_option("STUDY.toml", options->study,
                   "assistants, humans and houses: configs/assistants.toml")
      ->required()
      ->check(Path());
  command->add_option("--out", options->out, "directory for reports, tables and plot")
      ->required()
      ->check(OutputFolder());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
