// hod link, hod work and hod cluster: a run on many machines.
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/cluster/learner_link.h"
#include "engine/cluster/local_cluster.h"
#include "engine/cluster/run_exchange.h"
#include "engine/cluster/run_workers.h"
#include "engine/commands/command.h"
#include "engine/commands/exchange_options.h"
#include "engine/program/checks.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

absl::Status RunLink(const ExchangeOptions& options, const std::string& directory,
                     std::optional<int> rank) {
  ASSIGN_OR_RETURN(const RunDirectory run, RunDirectory::Open(directory));
  const int learners = run.config().learner.learners;
  if (rank && *rank >= learners) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--rank: ", *rank, ", expected less than learner.learners of ", directory, ", ", learners));
  }
  const Part part = rank ? Part{*rank, learners} : Part{};
  ASSIGN_OR_RETURN(RunExchange exchange, OpenExchange(options, part.rank));
  const StopOnSignals handler;
  return RunLearnerLink(run, exchange, g_stop, part);
}

absl::Status RunWork(const ExchangeOptions& options, const WorkersOptions& workers) {
  ASSIGN_OR_RETURN(RunExchange exchange, OpenExchange(options));
  const StopOnSignals handler;
  return RunWorkers(exchange, workers, g_stop);
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
