// hod config.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "engine/commands/command.h"
#include "engine/config/run_config.h"
#include "engine/imitation/cloning.h"
#include "engine/play/human_file.h"
#include "engine/play/player_spec.h"

namespace hod::engine {

void AddConfig(CLI::App& app, absl::Status& result) {
  struct Options {
    std::string config;
    std::vector<std::string> overrides;
    bool describe = false, describe_players = false, describe_human = false,
         describe_cloning = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "config", "Print the settings a configuration resolves to, or a table of all settings");
  command->add_option("--config", options->config, "run configuration (TOML)");
  command->add_option("--set", options->overrides, "key=value over the configuration")
      ->allow_extra_args(false);
  command->add_flag("--describe", options->describe, "print the table (Markdown)");
  command->add_flag("--describe-players", options->describe_players,
                    "print the table of who can play (docs/learning.md)");
  command->add_flag("--describe-human", options->describe_human,
                    "print the table of a human file's settings (docs/humans.md)");
  command->add_flag("--describe-cloning", options->describe_cloning,
                    "print the table of a cloning file's settings (docs/humans.md)");
  command->callback([options, &result] {
    if (options->describe) {
      std::fputs(DescribeSettings().c_str(), stdout);
      return;
    }
    if (options->describe_players) {
      std::fputs(DescribePlayers().c_str(), stdout);
      return;
    }
    if (options->describe_human) {
      std::fputs(DescribeHumanFile().c_str(), stdout);
      return;
    }
    if (options->describe_cloning) {
      std::fputs(DescribeCloningConfig().c_str(), stdout);
      return;
    }
    absl::StatusOr<RunConfig> config = LoadRunConfig(options->config, options->overrides);
    result = config.status();
    if (config.ok()) std::fputs(ToToml(*config).c_str(), stdout);
  });
}

}  // namespace hod::engine
