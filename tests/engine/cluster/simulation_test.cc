// The simulation against what is known: queues in closed form, shards that neither appear nor
// vanish, and what was measured.
#include "engine/cluster/simulation.h"

#include "absl/strings/numbers.h"
#include "env/base/json.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::engine {
namespace {

int64_t WhereTheyAre(const SimulatedFigures& f) {
  return f.read + f.dropped + f.on_hosts + f.in_redis + f.in_link + f.in_folder;
}

TEST_CASE("Waiting for Redis is that of a queue with random arrivals and equal services") {
  // A thousand workers together are as good as random.
  SimulatedCluster cluster;
  cluster.workers = 1000;
  cluster.workers_per_host = 1;
  cluster.seconds = 400;
  for (const double load : {0.3, 0.6, 0.8}) {
    const double service = load * cluster.shard_seconds / cluster.workers;
    cluster.services = {service, service, 0, 1e-6, 1e-6};
    const SimulatedFigures f = Simulate(cluster);
    INFO(load);
    CHECK(f.redis_busy == Approx(load).epsilon(0.02));
    // Pollaczek and Khinchine, M/D/1.
    CHECK(f.redis_wait == Approx(load * service / (2 * (1 - load))).epsilon(0.1));
  }
}

TEST_CASE("Shards neither appear nor vanish, and follow from the seed") {
  SimulatedCluster cluster;
  cluster.services = {0.004, 0.001, 0.001, 0.005, 0.002};
  for (const int workers : {1, 10, 300, 3000}) {
    cluster.workers = workers;
    cluster.seconds = 60;
    cluster.redis_bytes = 100e6;
    cluster.spool_bytes = 10e6;
    const SimulatedFigures f = Simulate(cluster), again = Simulate(cluster);
    INFO(workers);
    CHECK(f.played == WhereTheyAre(f));
    CHECK(static_cast<double>(f.played) ==
          Approx(workers * cluster.seconds / cluster.shard_seconds).epsilon(0.1));
    CHECK(again.read == f.read);
    CHECK(again.stored_after_95 == f.stored_after_95);
    CHECK((f.dropped > 0) == (workers == 3000));
  }
}

TEST_CASE("Who is too slow sets the rate") {
  SimulatedCluster cluster;
  cluster.workers = 1000;  // 500 shards a second.
  cluster.seconds = 100;
  cluster.services = {0.001, 0.0005, 0.0005, 0.004, 0.0001};
  SimulatedFigures f = Simulate(cluster);
  CHECK(f.stored_per_second < 250);  // It waits for Redis, too.
  CHECK(f.stored_per_second > 240);
  CHECK(f.link_busy == Approx(1).epsilon(0.02));
  CHECK(f.in_redis > 10000);
  cluster.services = {0.002, 0.002, 0.0015, 0.002, 0.0001};
  f = Simulate(cluster);
  CHECK(f.redis_busy == Approx(1).epsilon(0.02));
  CHECK(f.stored_per_second < 400);
  // At ease, what is learnt from is as old as a shard and a network.
  cluster.workers = 10;
  f = Simulate(cluster);
  CHECK(f.stored_per_second == Approx(5).epsilon(0.15));
  CHECK(f.stored_after_95 < 0.2);
  CHECK(f.network_age > 1);
  CHECK(f.network_age < 2 * cluster.checkpoint_seconds);
}

TEST_CASE("The simulation agrees with what was measured") {
  const auto measured = ReadJsonFile(SourceDir() + "/docs/results/cluster_load.json");
  REQUIRE(measured.ok());
  const auto services = ShardServicesFromJson(*measured);
  INFO(services.status());
  REQUIRE(services.ok());
  const auto number = [](const nlohmann::json& cell) {
    double value = 0;
    REQUIRE(absl::SimpleAtod(cell.get<std::string>(), &value));
    return value;
  };
  int compared = 0;
  for (const nlohmann::json& row : (*measured)["tables"]["loads"]["rows"]) {
    int workers = 0;
    if (!absl::SimpleAtoi(row[0].get<std::string>(), &workers)) continue;
    SimulatedCluster cluster;
    cluster.services = *services;
    cluster.workers = workers;
    cluster.seconds = 80;
    const SimulatedFigures f = Simulate(cluster);
    INFO(workers << " workers");
    const double stored = number(row[2]), played = number(row[1]);
    CHECK(f.stored_per_second == Approx(stored).epsilon(0.25));
    // Where the link kept up, times are those of looks and services.
    if (stored > 0.97 * played) {
      CHECK(1000 * f.stored_after_median > number(row[5]) / 2.5);
      CHECK(1000 * f.stored_after_median < number(row[5]) * 2.5);
    }
    ++compared;
  }
  CHECK(compared >= 3);
}

TEST_CASE("A file without services is refused by name") {
  using nlohmann::json;
  for (const char* text : {"{}", R"({"tables": {"services": {"rows": 1}}})",
                           R"({"tables": {"services": {"rows": [["a host sends it", "x"]]}}})"}) {
    INFO(text);
    const auto services = ShardServicesFromJson(json::parse(text));
    CHECK(absl::IsInvalidArgument(services.status()));
    CHECK_THAT(std::string(services.status().message()), Catch::Contains("services"));
  }
}

}  // namespace
}  // namespace hod::engine
