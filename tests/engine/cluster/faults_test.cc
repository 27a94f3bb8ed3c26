// What networks, disks, memory and clocks do to a run on many machines, with real servers: no shard
// that was accepted is lost, and learning is what it would have been in one folder.
#include <filesystem>
#include <optional>
#include <thread>

#include "tests/engine/cluster/two_hosts.h"
#include "tests/support/base/jumping_clock.h"
#include "tests/support/base/poor_line.h"
#include "tests/support/base/small_disk.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kTimeout = absl::Milliseconds(300);

// A Redis at the other end of a line.
struct FarRedis {
  FarRedis() {
    line.There([this] {
      server.emplace(std::vector<std::string>{"--port", "6379", "--bind", line.address(),
                                              "--protected-mode", "no"});
    });
    REQUIRE(server.has_value());
  }
  RunExchange Exchange(absl::Duration timeout) const {
    RedisAddress address;
    address.host = line.address();
    return RunExchange(std::move(address), "run", /*link=*/0, timeout);
  }
  PoorLine line;
  std::optional<RedisServer> server;
};

void CheckAllArrived(TwoHosts& hosts, RunExchange exchange) {
  const auto counts = exchange.Counts();
  REQUIRE(counts.ok());
  CHECK(counts->accepted == static_cast<int64_t>(hosts.played.size()));
  CHECK(counts->delivered == counts->accepted);
  CHECK(counts->waiting == 0);
  CHECK(counts->refused + counts->dropped + counts->lost == 0);
  hosts.CheckLearnsTheSame();
}

TEST_CASE("While the line is cut, play goes on, and what was played arrives afterwards") {
  if (!RedisServer::Installed() || !PoorLine::Available()) return;
  FarRedis redis;
  TwoHosts hosts(redis.Exchange(kTimeout), redis.Exchange(kTimeout));
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  hosts.Play(worker, 0);
  REQUIRE(link.Step().ok());
  REQUIRE(hosts.learner_link->Step().ok());
  redis.line.Cut(true);
  for (int64_t sequence = 1; sequence < 4; ++sequence) {
    hosts.Play(worker, sequence);
    CHECK(absl::IsUnavailable(link.Step()));
    CHECK(absl::IsUnavailable(hosts.learner_link->Step()));
  }
  CHECK(link.spool_bytes() > 0);
  CHECK_FALSE(std::filesystem::exists(hosts.worker->pause_file()));
  redis.line.Cut(false);
  hosts.Deliver(link, 4);
  CheckAllArrived(hosts, redis.server->Exchange());
}

TEST_CASE("A line that is cut again and again, in the middle of what passes, loses nothing") {
  if (!RedisServer::Installed() || !PoorLine::Available()) return;
  FarRedis redis;
  TwoHosts hosts(redis.Exchange(kTimeout), redis.Exchange(kTimeout));
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  std::atomic<bool> stop = false;
  std::thread cutter([&] {
    Rng rng(1);
    for (bool cut = true; !stop; cut = !cut) {
      redis.line.Cut(cut);
      absl::SleepFor(absl::Milliseconds(cut ? 350 : 20 + rng.Below(200)));
    }
    redis.line.Cut(false);
  });
  for (int64_t sequence = 0; sequence < 12; ++sequence) {
    hosts.Play(worker, sequence);
    (void)link.Step();
    (void)hosts.learner_link->Step();
  }
  stop = true;
  cutter.join();
  hosts.Deliver(link, 12);
  CheckAllArrived(hosts, redis.server->Exchange());
}

TEST_CASE("A line of 200 ms that loses one packet in twenty carries shards and networks") {
  if (!RedisServer::Installed() || !PoorLine::Available()) return;
  FarRedis redis;
  TwoHosts hosts(redis.Exchange(kRedisTimeout), redis.Exchange(kRedisTimeout));
  WriteBytes(hosts.learner->CheckpointPath(7), std::string(20000, 'n'));
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  redis.line.Set(absl::Milliseconds(100), 0.05);  // There and back.
  for (int64_t sequence = 0; sequence < 2; ++sequence) hosts.Play(worker, sequence);
  hosts.Deliver(link, 2);
  redis.line.Set(absl::ZeroDuration(), 0);
  CHECK(ReadBytes(hosts.worker->CheckpointPath(7)) == std::string(20000, 'n'));
  CheckAllArrived(hosts, redis.server->Exchange());
}

TEST_CASE("A host whose disk is full pauses play, and nothing is sent twice or forgotten") {
  if (!RedisServer::Installed() || !SmallDisk::Available()) return;
  const RedisServer server;
  TwoHosts hosts(server);
  hosts.worker.reset();
  SmallDisk disk(hosts.folder / "worker", 4 << 20);
  hosts.worker.emplace(RunDirectory::CreateOrResume(hosts.folder / "worker", TinyConfig()).value());
  const int worker = hosts.Begin();
  const SpoolOptions options = {.max_bytes = 1 << 30, .min_free_bytes = 1 << 20};
  std::optional<WorkerLink> link = hosts.OpenLink(options);
  hosts.Play(worker, 0);
  hosts.Play(worker, 1);
  REQUIRE(link->KeepSpoolBounded().ok());
  CHECK_FALSE(std::filesystem::exists(hosts.worker->pause_file()));
  disk.Fill();
  for (int i = 0; i < 3; ++i) {
    CHECK(absl::IsUnavailable(link->Step()));  // It cannot note what was accepted.
    CHECK(std::filesystem::exists(hosts.worker->pause_file()));
    link.emplace(hosts.OpenLink(options));  // As if it was killed.
  }
  CHECK(ListShards(hosts.worker->shards())->size() == 2);
  disk.Clear();
  REQUIRE(link->KeepSpoolBounded().ok());
  CHECK_FALSE(std::filesystem::exists(hosts.worker->pause_file()));
  hosts.Play(worker, 2);
  hosts.Deliver(*link, 3);
  CheckAllArrived(hosts, server.Exchange());
}

TEST_CASE("A learner whose disk is full leaves shards in Redis until there is room") {
  if (!RedisServer::Installed() || !SmallDisk::Available()) return;
  const RedisServer server;
  TwoHosts hosts(server);
  hosts.learner.reset();
  SmallDisk disk(hosts.folder / "learner", 4 << 20);
  hosts.learner.emplace(
      RunDirectory::CreateOrResume(hosts.folder / "learner", TinyConfig()).value());
  hosts.learner_link.emplace(*hosts.learner, hosts.learner_exchange);
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  for (int64_t sequence = 0; sequence < 3; ++sequence) hosts.Play(worker, sequence);
  REQUIRE(link.Step().ok());
  disk.Fill();
  for (int i = 0; i < 3; ++i) {
    const absl::Status full = hosts.learner_link->Step();
    CHECK(absl::IsUnavailable(full));
    CHECK_THAT(MessageOf(full), Catch::Contains("No space left on device"));
  }
  CHECK(hosts.Delivered().empty());
  CHECK(hosts.learner_exchange.Counts()->waiting == 3);
  disk.Clear();
  hosts.Deliver(link, 3);
  CheckAllArrived(hosts, server.Exchange());
}

TEST_CASE("Redis, whose disk is full, takes no more until there is room") {
  if (!RedisServer::Installed() || !SmallDisk::Available()) return;
  const TempDir folder;
  SmallDisk disk(folder / "redis", 8 << 20);
  const RedisServer server({"--dir", folder / "redis", "--appendonly", "yes"});
  TwoHosts hosts(server);
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  hosts.Play(worker, 0);
  REQUIRE(link.Step().ok());
  disk.Fill();
  absl::Status status;
  // Those that it takes before it notices are in its memory.
  for (int64_t sequence = 1; status.ok(); ++sequence) {
    REQUIRE(sequence < 50);
    hosts.Play(worker, sequence);
    status = link.Step();
    absl::SleepFor(absl::Milliseconds(200));
  }
  CHECK(absl::IsResourceExhausted(status));
  CHECK_THAT(MessageOf(status), Catch::Contains("MISCONF"));
  CHECK(absl::IsResourceExhausted(hosts.learner_link->Step()));
  disk.Clear();
  hosts.Deliver(link, hosts.played.size());
  CheckAllArrived(hosts, server.Exchange());
}

TEST_CASE("A full Redis stays within its memory, is emptied, and takes networks meanwhile") {
  if (!RedisServer::Installed()) return;
  constexpr int64_t kMaxMemory = 4 << 20, kPadding = 200000;
  const RedisServer server({"--maxmemory", std::to_string(kMaxMemory)});
  TwoHosts hosts(server);
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  absl::Status status;
  while ((status = link.Step()).ok()) {
    hosts.Play(worker, static_cast<int64_t>(hosts.played.size()), kPadding);
    REQUIRE(hosts.played.size() < 100);
  }
  CHECK(absl::IsResourceExhausted(status));
  CHECK(server.Info("used_memory") < kMaxMemory + 2 * kPadding);
  // A link that begins now has to get its lease, publish a network and report.
  WriteBytes(hosts.learner->CheckpointPath(7), "seven");
  hosts.learner_link.emplace(*hosts.learner, hosts.learner_exchange);
  REQUIRE(hosts.learner_link->Begin().ok());
  REQUIRE(hosts.learner_link->Step().ok());
  CHECK(hosts.learner_exchange.NewestNetwork()->step == 7);
  hosts.Deliver(link, hosts.played.size());
  CheckAllArrived(hosts, server.Exchange());
}

TEST_CASE("The clock of Redis is set, back or forth, and shards and networks pass") {
  if (!RedisServer::Installed()) return;
  for (const int jump : {-7200, 7200}) {
    const TempDir folder;
    std::optional<RedisServer> server;
    {
      const JumpingClock clock(folder / "now", jump);
      server.emplace();
    }
    TwoHosts hosts(*server);
    WriteBytes(hosts.learner->CheckpointPath(7), "seven");
    const int worker = hosts.Begin();
    WorkerLink link = hosts.OpenLink();
    for (int64_t sequence = 0; sequence < 2; ++sequence) hosts.Play(worker, sequence);
    REQUIRE(link.Step().ok());
    REQUIRE(hosts.learner_link->Step().ok());
    const auto seconds = [&] {
      return std::stoll(Redis(server->address()).Command({"TIME"})->list.at(0).text);
    };
    const int64_t before = seconds();
    folder.Write("now", "");
    CHECK(std::abs(seconds() - before) > 3600);
    // The lease may be over by its clock; it is taken anew.
    for (int64_t sequence = 2; sequence < 4; ++sequence) hosts.Play(worker, sequence);
    hosts.Deliver(link, 4);
    CHECK(ReadBytes(hosts.worker->CheckpointPath(7)) == "seven");
    CheckAllArrived(hosts, server->Exchange());
  }
}

TEST_CASE("What a link was writing when it was killed is taken away, and comes again") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  TwoHosts hosts(server);
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  for (int64_t sequence = 0; sequence < 3; ++sequence) hosts.Play(worker, sequence);
  REQUIRE(link.Step().ok());
  // One stored and not yet removed from Redis, one half written.
  REQUIRE(hosts.learner_exchange.Take(3, absl::ZeroDuration())->size() == 3);
  const std::string half = hosts.learner->shards() + "/" + ShardName({worker, 1}) + ".tmp";
  WriteBytes(half, hosts.played[1].substr(0, 100));
  WriteBytes(hosts.learner->shards() + "/" + ShardName({worker, 0}), hosts.played[0]);
  RunExchange again = server.Exchange();
  hosts.learner_link.emplace(*hosts.learner, again);
  REQUIRE(hosts.learner_link->Begin().ok());
  CHECK_FALSE(std::filesystem::exists(half));
  hosts.Deliver(link, 3);
  CheckAllArrived(hosts, server.Exchange());
}

}  // namespace
}  // namespace hod::engine
