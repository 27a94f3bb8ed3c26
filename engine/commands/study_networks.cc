// hod study networks.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/commands/command.h"
#include "engine/commands/study_files.h"
#include "engine/program/checks.h"
#include "engine/studies/network_study.h"
#include "engine/studies/network_study_report.h"
#include "env/base/status.h"
#include "env/base/utf8.h"

namespace hod::engine {
namespace {

struct Options {
  std::string study, out;
  std::vector<std::string> data;
};

absl::Status Run(const Options& options) {
  absl::StatusOr<NetworkStudy> study = LoadNetworkStudy(options.study);
  RETURN_IF_ERROR(study.status());
  std::vector<PlaySource> sources;
  for (const std::string& data : options.data) {
    const size_t equals = data.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == data.size()) {
      return absl::InvalidArgumentError(absl::StrCat("data: ", data, ": expected NAME=DIRECTORY"));
    }
    if (!IsUtf8(data.substr(0, equals))) {  // Results are stored under it, in JSON.
      return absl::InvalidArgumentError(absl::StrCat("data: ", data, ": expected a NAME in UTF-8"));
    }
    ASSIGN_OR_RETURN(PlaySource source,
                     LoadPlay(data.substr(0, equals), data.substr(equals + 1), study->data));
    sources.push_back(std::move(source));
  }
  ASSIGN_OR_RETURN(std::vector<StudiedResult> results,
                   RunNetworkStudy(*study, sources, options.out, g_stop));
  return PublishStudy(options.out, FormatNetworkStudy(*study, results), DrawNetworkStudy(results),
                      NetworkStudyJson(*study, results));
}

}  // namespace

void AddStudyNetworks(CLI::App& study, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = study.add_subcommand(
      "networks", "Architectures on the same recorded play: errors against speed");
  command->add_option("STUDY.toml", options->study, "the networks: configs/network_study.toml")
      ->required()
      ->check(Path());
  command
      ->add_option("--data", options->data,
                   "NAME=DIRECTORY with shards, of self-play or hod humans import; several")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--out", options->out, "directory for results, table and plot")
      ->required()
      ->check(OutputFolder());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
