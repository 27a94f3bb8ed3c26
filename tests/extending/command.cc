// A command: hod goals count --goals SOURCE prints how many houses a source has.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"
#include "tests/support/catch.h"

namespace hod::engine {
namespace {

struct Options {
  std::string goals = "generated";
};

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(auto source, env::MakeGoalSource(options.goals, env::GameConfig(), /*seed=*/1));
  const std::optional<int> size = source->size();
  std::printf("%s\n", size ? std::to_string(*size).c_str() : "unlimited");
  return absl::OkStatus();
}

void AddCount(CLI::App& goals, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = goals.add_subcommand("count", "Print how many houses a source has");
  command->add_option("--goals", options->goals, env::kGoalSpecs)->capture_default_str();
  command->callback([options, &result] { result = Run(*options); });
}

TEST_CASE("a command leaves its status, whose message names what was wrong") {
  const auto run = [](const std::string& line) {
    CLI::App app;
    absl::Status result;
    AddCount(app, result);
    app.parse(line);
    return result;
  };
  CHECK(run("count").ok());
  const absl::Status status = run("count --goals npy:/nowhere");
  CHECK(!status.ok());
  CHECK(absl::StrContains(status.message(), "/nowhere"));
  CHECK_THROWS_AS(run("count --gaols generated"), CLI::ParseError);
}

}  // namespace
}  // namespace hod::engine
