// hod status.
#include "env/base/status.h"

#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "engine/commands/command.h"
#include "engine/commands/exchange_options.h"
#include "engine/program/checks.h"
#include "engine/report/run_status.h"
#include "env/base/json.h"
#include "env/base/json_lines.h"

namespace hod::engine {
namespace {

using nlohmann::json;

struct Options {
  ExchangeOptions exchange;
  std::string run;
  bool json = false;
};

absl::Status PrintRun(const Options& options) {
  ASSIGN_OR_RETURN(const RunDirectory run, RunDirectory::Open(options.run));
  ASSIGN_OR_RETURN(const RunStatus status, StatusOf(run));
  const std::string text = options.json ? DumpJson(ToJson(status), 1) + "\n" : ToText(status);
  std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

void PrintHost(const json& report, int64_t newest) {
  const std::string host = report.value("host", "?");
  if (report.value("role", "") == "learner") {
    absl::PrintF("%-20s learner at step %.0f, its network %.0f s old  %s\n", host,
                 NumberAt(report, "step"), NumberAt(report, "network_age"),
                 report.value("run", ""));
    return;
  }
  absl::PrintF(
      "%-20s %3d workers  %8.0f timesteps/s  %d shards sent, %d dropped, %.1f MB wait  "
      "network %d steps behind\n",
      host, report.value("workers", json::array()).size(), NumberAt(report, "timesteps_per_second"),
      report.value("sent", int64_t{0}), report.value("dropped", int64_t{0}),
      NumberAt(report, "spool_bytes") / 1e6, newest - report.value("network", int64_t{-1}));
}

absl::Status PrintExchange(const Options& options) {
  ASSIGN_OR_RETURN(RunExchange exchange, OpenExchange(options.exchange));
  ASSIGN_OR_RETURN(const PublishedRun run, exchange.Find());
  ASSIGN_OR_RETURN(const ExchangeCounts counts, exchange.Counts());
  ASSIGN_OR_RETURN(const PublishedNetwork network, exchange.NewestNetwork());
  ASSIGN_OR_RETURN(const auto reports, exchange.Reports());
  if (options.json) {
    const json result = {{"name", exchange.name()},
                         {"id", run.id},
                         {"network", network.step},
                         {"shards",
                          {{"accepted", counts.accepted},
                           {"delivered", counts.delivered},
                           {"refused", counts.refused},
                           {"dropped", counts.dropped},
                           {"lost", counts.lost},
                           {"waiting", counts.waiting}}},
                         {"hosts", reports}};
    std::printf("%s\n", DumpJson(result, 1).c_str());
    return absl::OkStatus();
  }
  absl::PrintF(
      "%s in %s: network of step %d; shards: %d delivered, %d waiting, %d refused, %d dropped, "
      "%d lost\n",
      exchange.name(), exchange.server(), network.step, counts.delivered, counts.waiting,
      counts.refused, counts.dropped, counts.lost);
  for (const auto& [id, report] : reports) PrintHost(report, network.step);
  return absl::OkStatus();
}

}  // namespace

void AddStatus(CLI::App& app, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "status", "Who plays and learns for a run, how fast, and what became of its shards");
  CLI::Option* run =
      command->add_option("--run", options->run, "of this folder, without asking Redis")
          ->check(Path());
  AddExchangeOptions(*command, options->exchange)->excludes(run);
  command->add_flag("--json", options->json, "print JSON instead of text");
  command->callback([options, &result] {
    result = options->run.empty() ? PrintExchange(*options) : PrintRun(*options);
  });
}

}  // namespace hod::engine
