// A run on many machines as processes: what is killed goes on, and nothing is lost or counted
// twice.
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/cluster/run_exchange.h"
#include "engine/samples/shard_directory.h"
#include "env/base/clock.h"
#include "env/base/json.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/redis_server.h"
#include "tests/support/engine/tiny_run.h"
#include "tests/support/env/program.h"

namespace hod::engine {
namespace {

TEST_CASE("Links, hosts and their workers are killed, and every accepted shard arrives") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  const TempDir folder;
  const std::string url = absl::StrCat("unix:", server.socket());
  const std::string run = folder / "run";
  Program train({"train", "--config", folder.Write("run.toml", TinyToml()), "--set",
                 "learner.max_steps=1000000", "--set", "learner.window=200000", "--out", run},
                folder / "train.log");
  RunExchange exchange = server.Exchange();
  const auto start = [&](const std::string& command) {
    std::vector<std::string> arguments = {command, "--redis", url};
    if (command == "link") arguments.insert(arguments.end(), {"--run", run});
    if (command == "work") arguments.insert(arguments.end(), {"--out", folder / "host"});
    return std::make_unique<Program>(arguments, folder / (command + ".log"));
  };
  std::unique_ptr<Program> link, work = start("work");
  const auto deliver = [&](int64_t shards) {
    const int64_t wanted = exchange.Counts().value().delivered + shards;
    const Stopwatch watch;
    while (exchange.Counts().value().delivered < wanted) {
      if (watch.Seconds() > 60) {
        FAIL(train.Output() << link->Output() << work->Output());
      }
      // The run's directory may not be there yet.
      if (link == nullptr || !link->Running()) link = start("link");
      absl::SleepFor(absl::Milliseconds(50));
    }
  };
  deliver(3);
  work->KillGroup();
  work = start("work");
  deliver(3);
  link->Kill();
  link = start("link");
  deliver(3);
  REQUIRE(work->KillChild("selfplay"));
  deliver(3);

  const auto json =
      ParseJson(RunProgram({"status", "--redis", url, "--json"}, folder / "status.log").output);
  REQUIRE(json.ok());
  CHECK((*json)["hosts"].size() >= 2);
  CHECK((*json)["network"].get<int64_t>() >= 0);
  work->Interrupt();
  CHECK(work->Wait() == 0);
  const Stopwatch watch;
  while (exchange.Counts().value().waiting > 0 && watch.Seconds() < 30) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  link->Interrupt();
  CHECK(link->Wait() == 0);
  const ExchangeCounts counts = exchange.Counts().value();
  CHECK(counts.delivered == counts.accepted);
  CHECK(counts.refused == 0);
  CHECK(counts.lost == 0);
  CHECK(counts.dropped == 0);
  // The window is large: no shard has been deleted.
  int64_t arrived = 0;
  const std::vector<ShardId> shards = ListShards(run + "/shards").value();
  for (const ShardId& id : shards) arrived += id.worker > 0;
  CHECK(arrived == counts.delivered);
  train.Interrupt();
  train.Wait();
}

TEST_CASE("A cluster on one machine trains a run") {
  if (!RedisServer::Installed()) return;
  const TempDir folder;
  const Ended ended =
      RunProgram({"cluster", "local", "1", "--config", folder.Write("tiny.toml", TinyToml()),
                  "--out", folder / "cluster"},
                 folder / "log");
  INFO(ended.output);
  CHECK(ended.status == 0);
  CHECK_FALSE(ListShards(folder / "cluster/run/shards")->empty());
}

TEST_CASE("Mistakes with clusters are said") {
  const TempDir folder;
  const auto error = [&](const std::vector<std::string>& arguments) {
    const Ended ended = RunProgram(arguments, folder / "log");
    CHECK(ended.status != 0);
    return ended.output;
  };
  CHECK_THAT(error({"status", "--redis", "redis://127.0.0.1:1"}),
             Catch::Contains("127.0.0.1:1: cannot connect"));
  CHECK_THAT(error({"status", "--redis", "http://host"}), Catch::Contains("--redis: expected"));
  CHECK_THAT(error({"status", "--name", "a b"}), Catch::Contains("--name"));
  CHECK_THAT(error({"link", "--run", folder / "nothing"}), Catch::Contains("nothing"));
}

}  // namespace
}  // namespace hod::engine
