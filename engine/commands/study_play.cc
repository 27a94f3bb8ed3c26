// hod study play and hod study analyse: a study with people.
#include <climits>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "engine/commands/serve.h"
#include "engine/commands/study_files.h"
#include "engine/people/play_results.h"
#include "engine/people/play_study.h"
#include "engine/program/checks.h"
#include "engine/server/live_host.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct PlayOptions {
  std::string study, out;
  int participant = 0;
  ServeOptions serve;
};

// Keeps the study's file in its folder; another one does not go there.
absl::StatusOr<std::string> KeepStudy(const std::string& path, const std::string& folder) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  RETURN_IF_ERROR(MakeDirectories(folder));
  const std::string kept = absl::StrCat(folder, "/", kStudyFile);
  if (!std::filesystem::exists(kept)) {
    RETURN_IF_ERROR(WriteFileAtomically(kept, text));
    return text;
  }
  ASSIGN_OR_RETURN(const std::string earlier, ReadFile(kept));
  if (earlier == text) return text;
  return absl::FailedPreconditionError(
      absl::StrCat(kept, ": differs from ", path, ", expected another --out for another study"));
}

int NextParticipant(const std::string& folder) {
  int participant = 1;
  while (std::filesystem::exists(absl::StrCat(folder, "/", ParticipantFolder(participant)))) {
    ++participant;
  }
  return participant;
}

absl::Status RunPlay(const PlayOptions& options) {
  ASSIGN_OR_RETURN(const PlayStudy study, LoadPlayStudy(options.study));
  ASSIGN_OR_RETURN(const std::string text, KeepStudy(options.study, options.out));
  const int participant =
      options.participant > 0 ? options.participant : NextParticipant(options.out);
  absl::StatusOr<std::unique_ptr<Programme>> programme =
      MakeStudyProgramme(study, text, participant);
  RETURN_IF_ERROR(Annotate(programme.status(), options.study));
  ASSIGN_OR_RETURN(const std::unique_ptr<WebServer> server, Listen(options.serve));
  LiveHost host(**programme, absl::StrCat(options.out, "/", ParticipantFolder(participant)),
                *server);
  RETURN_IF_ERROR(host.Open());
  std::printf("%s: participant %d\n", study.title.c_str(), participant);
  return Serve(options.serve, *server, host);
}

absl::Status RunAnalyse(const std::string& folder) {
  ASSIGN_OR_RETURN(const PlayStudy study, LoadPlayStudy(absl::StrCat(folder, "/", kStudyFile)));
  ASSIGN_OR_RETURN(const StudyResults results, ReadStudyResults(study, folder));
  const std::vector<ConditionSummary> summary = Summarise(study, results);
  RETURN_IF_ERROR(
      WriteFileAtomically(absl::StrCat(folder, "/houses.csv"), StudyCsv(study, results)));
  return PublishStudy(folder, FormatStudy(study, results, summary), DrawStudy(study, summary),
                      StudyJson(study, results, summary));
}

}  // namespace

void AddStudyPlay(CLI::App& study, absl::Status& result) {
  auto options = std::make_shared<PlayOptions>();
  CLI::App* command = study.add_subcommand(
      "play", "Lead a person through a study: houses alone and beside assistants, and questions");
  command->add_option("STUDY.toml", options->study, "configs/play_study.toml")
      ->required()
      ->check(Path());
  command->add_option("--out", options->out, "folder of the study, for all its participants")
      ->required()
      ->check(OutputFolder());
  command
      ->add_option("--participant", options->participant,
                   "number, from 1; one who has begun goes on (default: the next one)")
      ->check(WholeNumber(1, INT_MAX));
  AddServeOptions(*command, options->serve);
  command->callback([options, &result] { result = RunPlay(*options); });
}

void AddStudyAnalyse(CLI::App& study, absl::Status& result) {
  auto folder = std::make_shared<std::string>();
  CLI::App* command =
      study.add_subcommand("analyse", "What came of a study with people: table, plot, CSV, JSON");
  command->add_option("DIR", *folder, "its folder: --out of hod study play")
      ->required()
      ->check(Path());
  command->callback([folder, &result] { result = RunAnalyse(*folder); });
}

}  // namespace hod::engine
