// hod config.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/audit/audit.h"
#include "engine/commands/command.h"
#include "engine/config/run_config.h"
#include "engine/imitation/cloning.h"
#include "engine/people/play_study.h"
#include "engine/play/human_file.h"
#include "engine/play/player_spec.h"
#include "engine/program/checks.h"
#include "engine/studies/assistant_study.h"
#include "engine/studies/network_study.h"
#include "engine/studies/search_study.h"
#include "engine/studies/training_study.h"
#include "env/houses/transforms/pipeline.h"

namespace hod::engine {
namespace {

// docs/configuration.md after its head.
std::string DescribeAllFiles() {
  return absl::StrCat(
      "## Runs\n\nTraining and evaluation ([learning.md](learning.md)).\n\n", DescribeSettings(),
      "\n## Humans\n\nA human that takes more than a name to describe "
      "([humans.md](humans.md)).\n\n",
      DescribeHumanFile(),
      "\n## Clones of people\n\nHow a network learns what people do ([humans.md](humans.md)).\n\n",
      DescribeCloningConfig(),
      "\n## Studies of searches\n\nOne assistant under several searches "
      "([evaluating.md](evaluating.md)).\n\n",
      DescribeSearchStudy(),
      "\n## Studies of assistants\n\nAssistants beside humans on houses "
      "([evaluating.md](evaluating.md)).\n\n",
      DescribeAssistantStudy(),
      "\n## Studies with people\n\nWho builds what beside whom, and what is asked "
      "([play.md](play.md)).\n\n",
      DescribePlayStudy(),
      "\n## Audits\n\nWhat narrow training does to an assistant ([audit.md](audit.md)).\n\n",
      DescribeAudit(),
      "\n## Studies of networks\n\nArchitectures side by side ([networks.md](networks.md)).\n\n",
      DescribeNetworkStudy(),
      "\n## Studies of trainings\n\nTrainings side by side ([evaluating.md](evaluating.md)).\n\n",
      DescribeTrainingStudy(),
      "\n## Transforms of houses\n\nWritten `name(key=value,...)`, not in TOML "
      "([houses.md](houses.md)).\n\n```\n",
      env::DescribeTransforms(), "```\n");
}

}  // namespace

void AddConfig(CLI::App& app, absl::Status& result) {
  struct Options {
    std::string config;
    std::vector<std::string> overrides;
    bool describe = false, describe_players = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "config", "Print the settings a configuration resolves to, or tables of all settings");
  command->add_option("--config", options->config, "run configuration (TOML)")->check(Path());
  command->add_option("--set", options->overrides, "key=value over the configuration")
      ->allow_extra_args(false);
  command->add_flag("--describe", options->describe,
                    "print tables of the settings of every kind of file (Markdown)");
  command->add_flag("--describe-players", options->describe_players,
                    "print the table of who can play (docs/learning.md)");
  command->callback([options, &result] {
    if (options->describe) {
      std::fputs(DescribeAllFiles().c_str(), stdout);
      return;
    }
    if (options->describe_players) {
      std::fputs(DescribePlayers().c_str(), stdout);
      return;
    }
    if (options->config.empty()) {
      result =
          absl::InvalidArgumentError("expected --config FILE, or --describe or --describe-players");
      return;
    }
    absl::StatusOr<RunConfig> config = LoadRunConfig(options->config, options->overrides);
    result = config.status();
    if (config.ok()) std::fputs(ToToml(*config).c_str(), stdout);
  });
}

}  // namespace hod::engine
