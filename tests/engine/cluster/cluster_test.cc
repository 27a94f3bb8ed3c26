// A run on many machines, with real Redis servers.
#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/cluster/host.h"
#include "env/base/descriptor.h"
#include "tests/engine/cluster/two_hosts.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

const PublishedRun kRun = {"run-1", "seed = 1\n", FingerprintOf("seed = 1\n"), 1};
constexpr char kOwner[] = "here";

TEST_CASE("Addresses of Redis") {
  const auto tcp = ParseRedisUrl("redis://hod:se:cret@example.org:7000/3");
  REQUIRE(tcp.ok());
  CHECK(tcp->host == "example.org");
  CHECK(tcp->port == 7000);
  CHECK(tcp->user == "hod");
  CHECK(tcp->password == "se:cret");
  CHECK(tcp->database == 3);
  CHECK(ParseRedisUrl("redis://:secret@host")->password == "secret");
  CHECK(ParseRedisUrl("redis://host")->port == 6379);
  CHECK(ParseRedisUrl("unix:/run/redis.sock")->socket == "/run/redis.sock");
  for (const char* wrong :
       {"", "host", "redis://", "redis://host:0", "redis://host:x", "redis://host:70000",
        "redis://u@host", "redis://host/x", "unix:", "http://host"}) {
    INFO(wrong);
    CHECK_THAT(MessageOf(ParseRedisUrl(wrong).status()), Catch::Contains("--redis: expected"));
  }
  CHECK(CheckRunName("a-b_c.9").ok());
  for (const char* wrong : {"", "a b", "a*", "a:b"}) CHECK_FALSE(CheckRunName(wrong).ok());
}

TEST_CASE("A shard is accepted once and comes until it is removed") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  RunExchange worker = server.Exchange(), learner = server.Exchange();
  CHECK(absl::IsNotFound(worker.Find().status()));
  CHECK(absl::IsUnavailable(worker.Offer(kRun, {"host", 5, 0, "a"}).status()));
  REQUIRE(learner.Lead(kOwner, absl::Minutes(1)).ok());
  REQUIRE(learner.Publish(kRun).ok());
  const auto found = worker.Find();
  REQUIRE(found.ok());
  CHECK(found->id == kRun.id);
  CHECK(found->config == kRun.config);
  CHECK(found->first_worker == 1);
  CHECK(worker.NumberWorkers(3, 1).value() == std::vector<int>{1, 2, 3});
  CHECK(worker.NumberWorkers(2, 1).value() == std::vector<int>{4, 5});

  const std::string bytes("with a \0 in it", 14);
  CHECK(worker.Offer(kRun, {"host", 5, 0, bytes}).value() == Acceptance::kAccepted);
  CHECK(worker.Offer(kRun, {"host", 5, 0, bytes}).value() == Acceptance::kKnownAlready);
  CHECK(worker.Offer(kRun, {"host", 5, 1, "b"}).value() == Acceptance::kAccepted);
  CHECK(worker.Offer(kRun, {"host", 6, 0, "c"}).value() == Acceptance::kAccepted);

  const auto taken = learner.Take(2, absl::ZeroDuration());
  REQUIRE(taken.ok());
  REQUIRE(taken->size() == 2);
  CHECK((*taken)[0].bytes == bytes);
  REQUIRE(learner.Remove((*taken)[0]).ok());
  // The learner's link is killed: another one gets what was not removed, then the rest.
  RunExchange again = server.Exchange();
  REQUIRE(again.Lead(kOwner, absl::Minutes(1)).ok());
  const auto pending = again.Take(10, absl::ZeroDuration());
  REQUIRE(pending->size() == 1);
  CHECK((*pending)[0].bytes == "b");
  TakenShard refused = (*pending)[0];
  refused.refused = true;
  REQUIRE(again.Remove(refused).ok());
  REQUIRE(again.Remove(refused).ok());  // The answer was lost.
  const auto rest = again.Take(10, absl::ZeroDuration());
  REQUIRE(rest->size() == 1);
  CHECK((*rest)[0].bytes == "c");
  CHECK(again.Take(10, absl::ZeroDuration())->empty());
  const auto counts = again.Counts();
  CHECK(counts->accepted == 3);
  CHECK(counts->delivered == 1);
  CHECK(counts->refused == 1);
  CHECK(counts->waiting == 1);
}

TEST_CASE("Strangers are refused by name") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  RunExchange exchange = server.Exchange();
  REQUIRE(exchange.Publish(kRun).ok());
  PublishedRun other = kRun;
  other.id = "run-2";
  CHECK_THAT(MessageOf(exchange.Publish(other)),
             Catch::Contains("is another run, run-1, expected run-2"));
  CHECK_THAT(MessageOf(exchange.Offer(other, {"host", 5, 0, "a"}).status()),
             Catch::Contains("shard 0 of worker 5 is refused: another run"));
  other = kRun;
  other.fingerprint = FingerprintOf("seed = 2\n");
  CHECK_THAT(MessageOf(exchange.Offer(other, {"host", 5, 0, "a"}).status()),
             Catch::Contains("another configuration or format"));
  CHECK(exchange.Counts()->accepted == 0);

  // So is a program of another version, whose shards are others.
  Redis redis(server.address());
  REQUIRE(redis.Command({"HSET", "hod:run:run", "fingerprint", "shards 0, configuration 0"}).ok());
  const absl::Status older = exchange.Find().status();
  CHECK(absl::IsFailedPrecondition(older));
  CHECK_THAT(MessageOf(older),
             Catch::Contains("its learner exchanges \"shards 0, configuration 0") &&
                 Catch::Contains("this program \"shards 1, "));
}

TEST_CASE("A learner that was replaced while it stood still changes nothing") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  RunExchange first = server.Exchange(), second = server.Exchange();
  REQUIRE(first.Lead("here", absl::Minutes(1)).ok());
  REQUIRE(first.Publish(kRun).ok());
  REQUIRE(first.Offer(kRun, {"host", 5, 0, "a"}).ok());
  const TakenShard taken = first.Take(1, absl::ZeroDuration()).value().at(0);
  CHECK_THAT(MessageOf(second.Lead("there", absl::Minutes(1))),
             Catch::Contains("has a learner already, here"));
  // Its time is over.
  REQUIRE(Redis(server.address()).Command({"DEL", "hod:run:learner"}).ok());
  REQUIRE(second.Lead("there", absl::Minutes(1)).ok());
  REQUIRE(second.PublishNetwork(10, "ten").ok());
  CHECK(absl::IsUnavailable(first.Remove(taken)));
  CHECK(absl::IsUnavailable(first.PublishNetwork(5, "five")));
  CHECK_THAT(MessageOf(first.Lead("here", absl::Minutes(1))),
             Catch::Contains("has a learner already, there"));
  CHECK(second.NewestNetwork()->step == 10);
  CHECK(second.Take(1, absl::ZeroDuration())->size() == 1);
}

TEST_CASE("The link of a run is one process, and a new one takes its lease over at once") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  TwoHosts hosts(server);
  REQUIRE(hosts.learner_link->Begin().ok());
  const std::string lock = hosts.learner->path() + "/link.lock";
  const auto is_locked = [&] {
    const Descriptor file(open(lock.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(file.get() >= 0);
    return flock(file.get(), LOCK_EX | LOCK_NB) != 0;
  };
  CHECK(is_locked());
  // As if it was killed: nothing is said to Redis.
  hosts.learner_link.emplace(*hosts.learner, hosts.learner_exchange);
  CHECK_FALSE(is_locked());
  CHECK(hosts.learner_link->Begin().ok());
  // A copy of the run is another learner.
  const std::string copy = hosts.folder / "copy";
  std::filesystem::copy(hosts.learner->path(), copy, std::filesystem::copy_options::recursive);
  const RunDirectory copied = RunDirectory::Open(copy).value();
  LearnerLink other(copied, hosts.worker_exchange);
  const absl::Status refused = other.Begin();
  CHECK(absl::IsFailedPrecondition(refused));
  CHECK_THAT(MessageOf(refused),
             Catch::Contains("has a learner already") && Catch::Contains(hosts.learner->path()));
  CHECK(hosts.learner_link->Step().ok());
}

TEST_CASE("Networks come whole or not at all") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  RunExchange exchange = server.Exchange();
  CHECK(exchange.NewestNetwork()->step == -1);
  REQUIRE(exchange.Lead(kOwner, absl::Minutes(1)).ok());
  REQUIRE(exchange.PublishNetwork(10, "ten").ok());
  REQUIRE(exchange.PublishNetwork(20, std::string(1000000, 'x')).ok());
  const PublishedNetwork newest = exchange.NewestNetwork().value();
  CHECK(newest.step == 20);
  CHECK(exchange.FetchNetwork(newest)->size() == 1000000);
  Redis redis(server.address());
  // Whoever comes late, or after the learner has ended, gets the newest.
  CHECK(redis.Command({"TTL", "hod:run:network:20"})->integer == -1);
  CHECK(redis.Command({"TTL", "hod:run:network:10"})->integer > 0);
  REQUIRE(redis.Command({"SETRANGE", "hod:run:network:20", "500", "y"}).ok());
  CHECK(absl::IsDataLoss(exchange.FetchNetwork(newest).status()));
  REQUIRE(redis.Command({"DEL", "hod:run:network:20"}).ok());
  CHECK(absl::IsNotFound(exchange.FetchNetwork(newest).status()));
}

TEST_CASE("A full Redis takes no more, and does again when there is room") {
  if (!RedisServer::Installed()) return;
  const RedisServer server({"--maxmemory", "8mb", "--maxmemory-policy", "noeviction"});
  RunExchange exchange = server.Exchange();
  REQUIRE(exchange.Publish(kRun).ok());
  const std::string bytes(1000000, 'x');
  int64_t number = 0;
  absl::Status status;
  while ((status = exchange.Offer(kRun, {"host", 1, number, bytes}).status()).ok()) {
    ++number;
    REQUIRE(number < 20);
  }
  CHECK(absl::IsResourceExhausted(status));
  CHECK(number >= 2);
  int64_t came = 0;
  RunExchange learner = server.Exchange();
  REQUIRE(learner.Lead(kOwner, absl::Minutes(1)).ok());
  for (int tries = 0; tries < 100 && came < number; ++tries) {
    const auto taken = learner.Take(1, absl::ZeroDuration());
    for (const TakenShard& shard : *taken) {
      CHECK(shard.number == came++);
      REQUIRE(learner.Remove(shard).ok());
    }
  }
  CHECK(came == number);
  CHECK(exchange.Offer(kRun, {"host", 1, number, bytes}).ok());
}

TEST_CASE("Redis is killed: with a log nothing that was accepted is lost") {
  if (!RedisServer::Installed()) return;
  RedisServer server({"--appendonly", "yes", "--appendfsync", "everysec"});
  RunExchange exchange = server.Exchange();
  REQUIRE(exchange.Publish(kRun).ok());
  for (int64_t number = 0; number < 50; ++number) {
    REQUIRE(exchange.Offer(kRun, {"host", 1, number, std::string(10000, 'x')}).ok());
  }
  server.Kill();
  CHECK(absl::IsUnavailable(exchange.Offer(kRun, {"host", 1, 50, "x"}).status()));
  server.Start();
  CHECK(exchange.Offer(kRun, {"host", 1, 49, "x"}).value() == Acceptance::kKnownAlready);
  CHECK(exchange.Offer(kRun, {"host", 1, 50, "x"}).value() == Acceptance::kAccepted);
  CHECK(server.Exchange().Take(100, absl::ZeroDuration())->size() == 51);
}

TEST_CASE("A server that stands still is given up on, and asked again") {
  if (!RedisServer::Installed()) return;
  RedisServer server;
  Redis redis(server.address(), absl::Milliseconds(200));
  REQUIRE(redis.Command({"SET", "key", "1"}).ok());
  server.Signal(SIGSTOP);
  CHECK(absl::IsUnavailable(redis.Command({"SET", "key", "2"}).status()));
  server.Signal(SIGCONT);
  // Its answer to the command before is not taken for this one's.
  const auto reply = redis.Command({"ECHO", "hello"});
  REQUIRE(reply.ok());
  CHECK(reply->text == "hello");
}

TEST_CASE("Every shard that was played reaches the learner once, whatever link is killed") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  TwoHosts hosts(server);
  REQUIRE(hosts.learner_link->Begin().ok());
  hosts.published = hosts.worker_exchange.Find().value();
  int worker = 0;
  for (int64_t sequence = 0; sequence < 6; ++sequence) {
    // Links come and go; each goes on where the one before was.
    WorkerLink link = hosts.OpenLink();
    worker = link.NumberWorkers(1).value()[0];
    CHECK(worker == TinyConfig().NumWorkers());
    hosts.Play(worker, sequence);
    REQUIRE(link.Step().ok());
    REQUIRE(link.Step().ok());
    if (sequence % 2 == 0) {
      hosts.learner_link.emplace(*hosts.learner, hosts.learner_exchange);
      REQUIRE(hosts.learner_link->Begin().ok());
      REQUIRE(hosts.learner_link->Step().ok());
      REQUIRE(hosts.learner_link->Step().ok());
    }
  }
  REQUIRE(hosts.learner_link->Step().ok());
  CHECK(hosts.Delivered() == hosts.played);
  // The worker keeps its newest, from which it counts on.
  CHECK(ListShards(hosts.worker->shards())->size() == 1);
  CHECK(NextSequence(hosts.worker->shards(), worker).value() == 6);
  CHECK(hosts.learner_exchange.Counts()->delivered == 6);
  CHECK(hosts.learner_exchange.Counts()->lost == 0);
  hosts.CheckLearnsTheSame();
}

TEST_CASE("Damaged shards are put aside and counted") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  TwoHosts hosts(server);
  REQUIRE(hosts.learner_link->Begin().ok());
  const PublishedRun run = hosts.worker_exchange.Find().value();
  REQUIRE(hosts.worker_exchange.Offer(run, {"host", 9, 0, "no shard"}).ok());
  REQUIRE(hosts.learner_link->Step().ok());
  REQUIRE(hosts.learner_link->Step().ok());
  CHECK(hosts.Delivered().empty());
  CHECK(hosts.learner_link->refused() == 1);
  CHECK(hosts.learner_exchange.Counts()->refused == 1);
  CHECK(std::filesystem::exists(hosts.learner->path() + "/refused/" + ShardName({9, 0})));

  // It is not counted as lost, too, when the next one comes, nor by a link that is started again.
  hosts.Play(9, 1);
  REQUIRE(hosts.worker_exchange.Offer(run, {"host", 9, 1, hosts.played[0]}).ok());
  hosts.learner_link.emplace(*hosts.learner, hosts.learner_exchange);
  REQUIRE(hosts.learner_link->Begin().ok());
  REQUIRE(hosts.learner_link->Step().ok());
  CHECK(hosts.Delivered() == hosts.played);
  CHECK(hosts.learner_exchange.Counts()->lost == 0);
}

TEST_CASE("A Redis that has lost its memory gives no host another's workers") {
  if (!RedisServer::Installed()) return;
  RedisServer server;
  TwoHosts hosts(server);
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  hosts.Play(worker, 0);
  REQUIRE(link.Step().ok());
  REQUIRE(hosts.learner_link->Step().ok());
  REQUIRE(hosts.Delivered() == hosts.played);
  server.Kill();
  server.Start();
  CHECK(absl::IsUnavailable(hosts.learner_link->Step()));
  REQUIRE(hosts.learner_link->Begin().ok());
  // From the learner's folder it is known who has played.
  CHECK(absl::IsUnavailable(hosts.worker_exchange.NumberWorkers(1, worker).status()));
  CHECK(hosts.worker_exchange.NumberWorkers(1, worker).value() == std::vector<int>{worker + 1});

  // Where it is not, since none of its shards had come, the second host is refused by name.
  REQUIRE(hosts.worker_exchange.Offer(hosts.published, {"first", 77, 0, "a"}).ok());
  const absl::Status second =
      hosts.worker_exchange.Offer(hosts.published, {"second", 77, 0, "b"}).status();
  CHECK(absl::IsFailedPrecondition(second));
  CHECK_THAT(MessageOf(second), Catch::Contains("its worker is one of first"));
}

TEST_CASE(
    "A worker's later shards are not stored before its earlier ones, after which no learner would "
    "look for those") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  TwoHosts hosts(server);
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  for (int64_t sequence = 0; sequence < 3; ++sequence) hosts.Play(worker, sequence);
  REQUIRE(link.Step().ok());
  // The first cannot be written: its name leads to a folder that is not there. The others wait.
  const std::string blocked = absl::StrCat(hosts.learner->shards(), "/", ShardName({worker, 0}));
  std::filesystem::create_symlink(hosts.folder.path() + "/nowhere/shard", blocked);
  CHECK_FALSE(hosts.learner_link->Step().ok());
  for (const int later : {1, 2}) {
    CHECK_FALSE(
        std::filesystem::exists(hosts.learner->shards() + "/" + ShardName({worker, later})));
  }
  std::filesystem::remove(blocked);
  REQUIRE(hosts.learner_link->Step().ok());
  CHECK(hosts.Delivered() == hosts.played);
}

TEST_CASE("Redis loses its memory: what had been accepted is counted, and play goes on") {
  if (!RedisServer::Installed()) return;
  RedisServer server;
  TwoHosts hosts(server);
  const int worker = hosts.Begin();
  WorkerLink link = hosts.OpenLink();
  for (int64_t sequence = 0; sequence < 3; ++sequence) hosts.Play(worker, sequence);
  REQUIRE(link.Step().ok());
  server.Kill();
  hosts.Play(worker, 3);
  CHECK(absl::IsUnavailable(link.Step()));
  server.Start();
  CHECK(absl::IsUnavailable(link.Step()));  // It does not know the run.
  CHECK(absl::IsUnavailable(hosts.learner_link->Step()));
  REQUIRE(hosts.learner_link->Begin().ok());
  REQUIRE(link.Step().ok());
  for (int step = 0; step < 3; ++step) REQUIRE(hosts.learner_link->Step().ok());
  CHECK(hosts.Delivered() == std::vector<std::string>{hosts.played[3]});
  CHECK(hosts.learner_link->lost() == 3);
  CHECK(hosts.learner_exchange.Counts()->lost == 3);
}

TEST_CASE("A spool that is full pauses play, or drops the oldest and counts them") {
  if (!RedisServer::Installed()) return;
  RedisServer server;
  for (const WhenFull when_full : {WhenFull::kPause, WhenFull::kDropOldest}) {
    TwoHosts hosts(server);
    Redis(server.address()).Command({"FLUSHALL"}).IgnoreError();
    const int worker = hosts.Begin();
    WorkerLink link = hosts.OpenLink({.max_bytes = 100, .when_full = when_full});
    server.Kill();
    for (int64_t sequence = 0; sequence < 4; ++sequence) hosts.Play(worker, sequence);
    CHECK(absl::IsUnavailable(link.Step()));
    const bool paused = std::filesystem::exists(hosts.worker->pause_file());
    CHECK(paused == (when_full == WhenFull::kPause));
    CHECK(link.dropped() == (when_full == WhenFull::kPause ? 0 : 4));
    server.Start();
    CHECK(absl::IsUnavailable(hosts.learner_link->Step()));  // Its connection is gone.
    REQUIRE(hosts.learner_link->Begin().ok());
    REQUIRE(link.Step().ok());
    REQUIRE(link.Step().ok());
    CHECK_FALSE(std::filesystem::exists(hosts.worker->pause_file()));
    REQUIRE(hosts.learner_link->Step().ok());
    REQUIRE(hosts.learner_link->Step().ok());
    CHECK(hosts.Delivered().size() + link.dropped() == 4);
    CHECK(hosts.learner_exchange.Counts()->dropped == link.dropped());
  }
}

TEST_CASE("Workers get the newest network, and a run of another id is refused") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  TwoHosts hosts(server);
  std::ofstream(hosts.learner->CheckpointPath(7)) << "seven";
  REQUIRE(hosts.learner_link->Begin().ok());
  REQUIRE(hosts.learner_link->Step().ok());
  hosts.published = hosts.worker_exchange.Find().value();
  {
    WorkerLink link = hosts.OpenLink();
    REQUIRE(link.NumberWorkers(1).ok());
    REQUIRE(link.Step().ok());
    CHECK(ReadBytes(hosts.worker->CheckpointPath(7)) == "seven");
    CHECK(link.network_step() == 7);
  }
  hosts.published.id = "another";
  CHECK_THAT(
      MessageOf(
          WorkerLink::Open(*hosts.worker, hosts.published, hosts.worker_exchange, {}).status()),
      Catch::Contains("link.json: is of run"));
}

}  // namespace
}  // namespace hod::engine
