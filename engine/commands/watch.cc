// hod watch: runs in a browser, as they go.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/commands/command.h"
#include "engine/commands/serve.h"
#include "engine/program/checks.h"
#include "engine/server/watch_host.h"
#include "engine/server/watched_runs.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr int kMaxPages = 8;

struct Options {
  std::vector<std::string> runs;
  std::string record;
  ServeOptions serve;
};

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(WatchedRuns runs, WatchedRuns::Open(options.runs, options.record));
  ASSIGN_OR_RETURN(const std::unique_ptr<WebServer> server, Listen(options.serve, kMaxPages));
  WatchHost host(std::move(runs), *server);
  return Serve(options.serve, *server, host);
}

}  // namespace

void AddWatch(CLI::App& app, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("watch", "Show runs in the browser as they go; only reads them");
  command->add_option("run", options->runs, "run directories")->required()->check(Path());
  command
      ->add_option("--record", options->record,
                   "where episodes of the first run are recorded (default: its folder episodes)")
      ->check(CLI::ExistingDirectory);
  AddServeOptions(*command, options->serve);
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
