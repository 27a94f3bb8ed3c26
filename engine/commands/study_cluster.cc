// hod study cluster.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/charts/chart.h"
#include "engine/charts/text_table.h"
#include "engine/cluster/simulation.h"
#include "engine/commands/command.h"
#include "engine/commands/study_files.h"
#include "engine/program/checks.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/base/version.h"

namespace hod::engine {
namespace {

using nlohmann::json;

struct Options {
  std::string measured, out;
  std::vector<int> workers = {10, 30, 100, 300, 1000, 3000, 10000};
  SimulatedCluster cluster;
  double redis_gb = 8, spool_mb = 1000, shard_kb = 140;
};

// Which has the most to do, for what comes to it.
std::string Busiest(const SimulatedCluster& cluster) {
  const ShardServices& s = cluster.services;
  const double shards = cluster.workers / cluster.shard_seconds;
  const double on_a_host = std::min(cluster.workers, cluster.workers_per_host);
  const std::pair<double, const char*> loads[] = {
      {on_a_host / cluster.shard_seconds * s.host, "hosts"},
      {shards * (s.redis_in + s.redis_out), "Redis"},
      {shards * s.link, "the link"},
      {shards * s.learner, "the learner's reading"}};
  const auto& [load, name] = *std::max_element(std::begin(loads), std::end(loads));
  return absl::StrFormat("%s: %.0f %%", name, 100 * load);
}

TextTable Table(const std::vector<std::pair<SimulatedCluster, SimulatedFigures>>& results) {
  TextTable table = {"",
                     {"workers", "shards/s played", "shards/s stored", "Redis busy", "link busy",
                      "learner busy reading", "from played to stored, median",
                      "age of the network behind what is read", "shards that wait on the way",
                      "unread in the folder", "dropped", "most loaded, by what comes"},
                     {}};
  for (const auto& [cluster, f] : results) {
    const int64_t waiting = f.on_hosts + f.in_redis + f.in_link;
    table.rows.push_back({absl::StrCat(cluster.workers),
                          absl::StrFormat("%.0f", static_cast<double>(f.played) / cluster.seconds),
                          absl::StrFormat("%.0f", f.stored_per_second),
                          absl::StrFormat("%.0f %%", 100 * f.redis_busy),
                          absl::StrFormat("%.0f %%", 100 * f.link_busy),
                          absl::StrFormat("%.0f %%", 100 * f.learner_busy),
                          absl::StrFormat("%.2f s", f.stored_after_median),
                          absl::StrFormat("%.0f s", f.network_age), absl::StrCat(waiting),
                          absl::StrCat(f.in_folder), absl::StrCat(f.dropped), Busiest(cluster)});
  }
  return table;
}

absl::Status Run(Options options) {
  ASSIGN_OR_RETURN(const json measured, ReadJsonFile(options.measured));
  auto services = ShardServicesFromJson(measured);
  RETURN_IF_ERROR(Annotate(services.status(), options.measured));
  SimulatedCluster& cluster = options.cluster;
  cluster.services = *services;
  cluster.shard_bytes = options.shard_kb * 1e3;
  cluster.redis_bytes = options.redis_gb * 1e9;
  cluster.spool_bytes = options.spool_mb * 1e6;
  std::vector<std::pair<SimulatedCluster, SimulatedFigures>> results;
  Chart chart{"Shards on their way, by the number of workers", "workers", "% of the time busy", {}};
  chart.log2_x = true;
  chart.series.resize(3);
  for (const int workers : options.workers) {
    cluster.workers = workers;
    const SimulatedFigures f = Simulate(cluster);
    results.emplace_back(cluster, f);
    const std::pair<const char*, double> busy[] = {{"Redis", f.redis_busy},
                                                   {"the link", f.link_busy},
                                                   {"the learner's reading", f.learner_busy}};
    for (size_t i = 0; i < chart.series.size(); ++i) {
      chart.series[i].name = busy[i].first;
      chart.series[i].x.push_back(workers);
      chart.series[i].y.push_back(100 * busy[i].second);
    }
  }
  const TextTable table = Table(results);
  const std::string revision = kGitRevision;
  const json result = {
      {"command", absl::StrCat("build/hod study cluster --measured ", options.measured,
                               " --shard-kb ", options.shard_kb, " --out ", options.out)},
      {"revision", revision.substr(0, revision.find('-'))},
      {"processor", absl::StrCat("simulated, with what was measured on ",
                                 measured.value("processor", "an unnamed processor"))},
      {"date", absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone())},
      {"note",
       absl::StrFormat(
           "%g s of which the last quarter counts; a shard of %g kB a worker every %g s, %d "
           "workers a host; Redis holds %g GB, a host's spool %g MB; a network every %g s.",
           cluster.seconds, options.shard_kb, cluster.shard_seconds, cluster.workers_per_host,
           options.redis_gb, options.spool_mb, cluster.checkpoint_seconds)},
      {"tables", {{"workers", {{"columns", table.header}, {"rows", table.rows}}}}}};
  return PublishStudy(options.out, Markdown(table), DrawChart(chart), result);
}

}  // namespace

void AddStudyCluster(CLI::App& study, absl::Status& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = study.add_subcommand(
      "cluster", "What a run with many machines would do, simulated from what hod bench measured");
  command->add_option("--measured", options->measured, "file of hod bench cluster")
      ->required()
      ->check(Path());
  command->add_option("--out", options->out, "folder for table, picture and figures")
      ->required()
      ->check(OutputFolder());
  command->add_option("--workers", options->workers, "how many, one number or more")
      ->capture_default_str()
      ->check(WholeNumber(1, 1000000));
  command->add_option("--seconds", options->cluster.seconds, "that are simulated")
      ->capture_default_str()
      ->check(AboveZero());
  command->add_option("--shard-kb", options->shard_kb, "size of a shard")
      ->capture_default_str()
      ->check(AboveZero());
  command->add_option("--shard-seconds", options->cluster.shard_seconds, "of play for a shard")
      ->capture_default_str()
      ->check(AboveZero());
  command->add_option("--redis-gb", options->redis_gb, "of shards that Redis holds")
      ->capture_default_str()
      ->check(AboveZero());
  command->add_option("--spool-mb", options->spool_mb, "of shards that a host holds")
      ->capture_default_str()
      ->check(AboveZero());
  command->callback([options, &result] { result = Run(*options); });
}

}  // namespace hod::engine
