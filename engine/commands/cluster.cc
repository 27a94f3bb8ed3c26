// hod link, hod work, hod status and hod cluster: a run on many machines.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/cluster/host.h"
#include "engine/cluster/learner_link.h"
#include "engine/cluster/local_cluster.h"
#include "engine/cluster/run_exchange.h"
#include "engine/cluster/run_workers.h"
#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

struct ExchangeOptions {
  std::string redis = "redis://127.0.0.1", name = "run";
};

void AddExchangeOptions(CLI::App& command, ExchangeOptions& options) {
  command.add_option("--redis", options.redis, kRedisUrls)->capture_default_str()->check(Path());
  command.add_option("--name", options.name, "of the run in Redis")->capture_default_str();
}

absl::StatusOr<RunExchange> Open(const ExchangeOptions& options, int link = 0) {
  RETURN_IF_ERROR(CheckRunName(options.name));
  ASSIGN_OR_RETURN(RedisAddress address, ParseRedisUrl(options.redis));
  return RunExchange(std::move(address), options.name, link);
}

absl::Status RunLink(const ExchangeOptions& options, const std::string& directory,
                     std::optional<int> rank) {
  ASSIGN_OR_RETURN(const RunDirectory run, RunDirectory::Open(directory));
  const int learners = run.config().learner.learners;
  if (rank && *rank >= learners) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--rank: ", *rank, ", expected less than learner.learners of ", directory, ", ", learners));
  }
  const Part part = rank ? Part{*rank, learners} : Part{};
  ASSIGN_OR_RETURN(RunExchange exchange, Open(options, part.rank));
  const StopOnSignals handler;
  return RunLearnerLink(run, exchange, g_stop, part);
}

absl::Status RunWork(const ExchangeOptions& options, const WorkersOptions& workers) {
  ASSIGN_OR_RETURN(RunExchange exchange, Open(options));
  const StopOnSignals handler;
  return RunWorkers(exchange, workers, g_stop);
}

absl::Status RunStatus(const ExchangeOptions& options, bool as_json) {
  ASSIGN_OR_RETURN(RunExchange exchange, Open(options));
  ASSIGN_OR_RETURN(const PublishedRun run, exchange.Find());
  ASSIGN_OR_RETURN(const ExchangeCounts counts, exchange.Counts());
  ASSIGN_OR_RETURN(const PublishedNetwork network, exchange.NewestNetwork());
  ASSIGN_OR_RETURN(const auto reports, exchange.Reports());
  if (as_json) {
    const nlohmann::json json = {{"name", exchange.name()},
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
    std::printf("%s\n", DumpJson(json, 1).c_str());
    return absl::OkStatus();
  }
  absl::PrintF(
      "%s in %s: network of step %d; shards: %d delivered, %d waiting, %d refused, %d dropped, "
      "%d lost\n",
      exchange.name(), exchange.server(), network.step, counts.delivered, counts.waiting,
      counts.refused, counts.dropped, counts.lost);
  for (const auto& [id, report] : reports) {
    const std::string host = report.value("host", "?");
    if (report.value("role", "") == "learner") {
      absl::PrintF("%-20s learner  %s\n", host, report.value("run", ""));
      continue;
    }
    const int64_t behind = network.step - report.value("network", int64_t{-1});
    absl::PrintF(
        "%-20s %3d workers  %8.0f timesteps/s  %d shards sent, %d dropped, %.1f MB wait  "
        "network %d steps behind\n",
        host, report.value("workers", nlohmann::json::array()).size(),
        report.value("timesteps_per_second", 0.0), report.value("sent", int64_t{0}),
        report.value("dropped", int64_t{0}),
        static_cast<double>(report.value("spool_bytes", int64_t{0})) / 1e6, behind);
  }
  return absl::OkStatus();
}

}  // namespace

void AddLink(CLI::App& app, absl::Status& result) {
  struct Options {
    ExchangeOptions exchange;
    std::string run;
    std::optional<int> rank;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "link", "Let machines elsewhere play for a run that is trained here, through Redis");
  command->add_option("--run", options->run, "run directory, of hod train")
      ->required()
      ->check(Path());
  command
      ->add_option("--rank", options->rank,
                   "of the learner whose directory that is, if all of them have one of their own, "
                   "and a link")
      ->check(WholeNumber(0, 63));
  AddExchangeOptions(*command, options->exchange);
  command->callback(
      [options, &result] { result = RunLink(options->exchange, options->run, options->rank); });
}

void AddWork(CLI::App& app, absl::Status& result) {
  struct Options {
    ExchangeOptions exchange;
    WorkersOptions workers;
    double spool_mb = 1000;
    std::string when_full = "pause";
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "work", "Play for a run whose learner is elsewhere, through Redis, until stopped");
  AddExchangeOptions(*command, options->exchange);
  command->add_option("--out", options->workers.directory, "the run as this machine sees it")
      ->required()
      ->check(OutputFolder());
  command->add_option("--workers", options->workers.workers, "self-play processes")
      ->capture_default_str()
      ->check(WholeNumber(1, 1024));
  command->add_option("--spool-mb", options->spool_mb, "shards that may wait here, in megabytes")
      ->capture_default_str()
      ->check(AboveZero());
  command
      ->add_option("--when-full", options->when_full,
                   "what happens then: play pauses, or the oldest shards are dropped and counted")
      ->capture_default_str()
      ->check(CLI::IsMember({"pause", "drop-oldest"}));
  command->callback([options, &result] {
    SpoolOptions& spool = options->workers.spool;
    spool.max_bytes = static_cast<int64_t>(options->spool_mb * 1e6);
    spool.when_full = options->when_full == "pause" ? WhenFull::kPause : WhenFull::kDropOldest;
    result = RunWork(options->exchange, options->workers);
  });
}

void AddStatus(CLI::App& app, absl::Status& result) {
  struct Options {
    ExchangeOptions exchange;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("status", "Who plays and learns for a run in Redis");
  AddExchangeOptions(*command, options->exchange);
  command->add_flag("--json", options->json, "print JSON instead of text");
  command->callback([options, &result] { result = RunStatus(options->exchange, options->json); });
}

void AddClusterLocal(CLI::App& cluster, absl::Status& result) {
  struct Options {
    std::string config;
    std::vector<std::string> overrides;
    LocalCluster cluster;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = cluster.add_subcommand(
      "local", "Train with Redis, a link and hosts of one worker each on this machine, to try it");
  command->add_option("HOSTS", options->cluster.hosts, "how many hosts")
      ->required()
      ->check(WholeNumber(1, 64));
  command->add_option("--config", options->config, "run configuration (TOML)")
      ->required()
      ->check(Path());
  command->add_option("--set", options->overrides, "key=value over the configuration")
      ->allow_extra_args(false);
  command->add_option("--out", options->cluster.directory, "folder of all of them")
      ->required()
      ->check(OutputFolder());
  command->callback([options, &result] {
    absl::StatusOr<RunConfig> config = LoadRunConfig(options->config, options->overrides);
    if (!config.ok()) {
      result = config.status();
      return;
    }
    options->cluster.config = *std::move(config);
    const StopOnSignals handler;
    result = RunLocalCluster(options->cluster, g_stop);
  });
}

}  // namespace hod::engine
