// hod study assistants.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/checks.h"
#include "engine/commands/command.h"
#include "engine/studies/assistant_study.h"
#include "env/base/files.h"
#include "env/base/json.h"
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
  const std::string table = FormatAssistantStudy(study, cells);
  std::fputs(table.c_str(), stdout);
  nlohmann::json json = AssistantStudyJson(study, cells);
  json["git_revision"] = kGitRevision;
  const std::pair<const char*, std::string> files[] = {
      {"table.md", table},
      {"study.json", DumpJson(json, 1) + "\n"},
      {"study.png", DrawAssistantStudy(study, cells).PngBytes()}};
  for (const auto& [name, contents] : files) {
    RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(options.out, "/", name), contents));
  }
  return absl::OkStatus();
}

}  // namespace

void AddStudyAssistants(CLI::App& study, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = study.add_subcommand(
      "assistants", "Assistants beside humans on houses: the tables of the paper");
  command
      ->add_option("STUDY.toml", options->study,
                   "assistants, humans and houses: configs/assistants.toml")
      ->required();
  command->add_option("--out", options->out, "directory for reports, tables and plot")
      ->required()
      ->check(Path());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
