// hod humans import.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/commands/command.h"
#include "engine/config/run_config.h"
#include "engine/program/checks.h"
#include "engine/samples/human_fragments.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct Options {
  std::vector<std::string> recordings;
  std::string out;
};

// Writes shards of `participants` in a directory of --out, and adds their paths to `written`.
absl::Status Write(const Options& options, const char* split,
                   const std::vector<HumanFragments>& participants,
                   std::vector<std::string>& written) {
  const std::string directory = absl::StrCat(options.out, "/", split);
  RETURN_IF_ERROR(MakeDirectories(directory));
  ASSIGN_OR_RETURN(const std::vector<std::string> paths, WriteHumanShards(participants, directory));
  for (size_t i = 0; i < paths.size(); ++i) {
    const HumanFragments& of = participants[i];
    absl::PrintF(
        "%s  %s, participant %d: %d episodes, %d timesteps, %d fragments, %d unexplained "
        "changes\n",
        paths[i], of.recording, of.participant, of.episodes, of.timesteps, of.fragments.size(),
        of.unexplained);
  }
  written.insert(written.end(), paths.begin(), paths.end());
  return absl::OkStatus();
}

absl::Status Import(const Options& options, std::vector<std::string>& written) {
  const RunConfig defaults;
  for (const std::string& recording : options.recordings) {
    ASSIGN_OR_RETURN(
        std::vector<HumanFragments> participants,
        FragmentsOfRecording(recording, defaults.selfplay.fragment_length, defaults.search.gamma));
    if (participants.empty()) continue;
    const bool assisted = participants.front().assisted;
    for (const char* split : {assisted ? "assisted" : "alone", "combined"}) {
      RETURN_IF_ERROR(Write(options, split, participants, written));
    }
  }
  return absl::OkStatus();
}

// Nothing is left of an import that fails: the same command would import what is there once more.
absl::Status Run(const Options& options) {
  std::vector<std::string> written;
  absl::Status status = Import(options, written);
  if (status.ok() || written.empty()) return status;
  for (const std::string& path : written) unlink(path.c_str());
  return Annotate(status, "nothing is imported");
}

}  // namespace

void AddHumansImport(CLI::App& humans, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      humans.add_subcommand("import", "Recordings of people as shards, to learn from");
  command->add_option("recordings", options->recordings, "of people alone, or joint ones of two")
      ->required()
      ->check(Path());
  command
      ->add_option(
          "--out", options->out,
          "directory for alone/, assisted/ and combined/: shards, one a participant and file")
      ->required()
      ->check(OutputFolder());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
