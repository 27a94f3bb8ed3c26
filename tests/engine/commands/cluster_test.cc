// A run on many machines as processes: what is killed goes on, and nothing is lost or counted
// twice.
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/cluster/run_exchange.h"
#include "engine/samples/shard_directory.h"
#include "env/base/clock.h"
#include "env/base/json.h"
#include "env/base/random.h"
#include "tests/support/base/jumping_clock.h"
#include "tests/support/base/poor_line.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/redis_server.h"
#include "tests/support/engine/tiny_run.h"
#include "tests/support/env/program.h"

namespace hod::engine {
namespace {

// A run with its link and a host of one worker, as processes.
struct Processes {
  // `url` of the Redis that they use; `exchange` is with the same.
  Processes(const std::string& url, RunExchange& exchange) : url(url), exchange(exchange) {
    folder.Write("run.toml", TinyToml());
    for (const char* name : {"train", "work", "link"}) Start(name);
  }

  void Start(const std::string& name) {
    std::vector<std::string> arguments = {name};
    if (name == "train") {
      arguments.insert(arguments.end(),
                       {"--config", folder / "run.toml", "--out", run, "--set",
                        "learner.max_steps=1000000", "--set", "learner.window=4000000"});
    } else {
      arguments.insert(arguments.end(), {"--redis", url});
      if (name == "link") arguments.insert(arguments.end(), {"--run", run});
      if (name == "work") arguments.insert(arguments.end(), {"--out", host});
    }
    programs[name] = std::make_unique<Program>(arguments, folder / (name + ".log"));
  }
  Program& operator[](const std::string& name) { return *programs.at(name); }

  // Waits until so many more shards have been delivered.
  void Deliver(int64_t shards, double seconds = 60) {
    const auto delivered = [&] {
      const auto counts = exchange.Counts();
      return counts.ok() ? counts->delivered : 0;
    };
    const int64_t wanted = delivered() + shards;
    const Stopwatch watch;
    while (delivered() < wanted) {
      for (auto& [name, program] : programs) {
        INFO(name << ": " << program->Output());
        REQUIRE(watch.Seconds() < seconds);
        if (program->Running()) continue;
        // Until then, there is no run to link. Others go on by themselves.
        REQUIRE(name == "link");
        REQUIRE_THAT(program->Output(), Catch::Contains("not a run directory"));
        Start(name);
      }
      absl::SleepFor(absl::Milliseconds(50));
    }
  }

  // Ends them all. What was accepted has been delivered, once.
  void CheckAllArrived() {
    programs["work"]->Interrupt();
    CHECK(programs["work"]->Wait() == 0);
    const Stopwatch watch;
    while (exchange.Counts().value().waiting > 0 && watch.Seconds() < 30) {
      absl::SleepFor(absl::Milliseconds(50));
    }
    programs["link"]->Interrupt();
    CHECK(programs["link"]->Wait() == 0);
    const ExchangeCounts counts = exchange.Counts().value();
    CHECK(counts.delivered == counts.accepted);
    CHECK(counts.refused + counts.lost + counts.dropped == 0);
    // The window is large: no shard has been deleted.
    int64_t arrived = 0;
    const std::vector<ShardId> shards = ListShards(run + "/shards").value();
    for (const ShardId& id : shards) arrived += id.worker > 0;
    CHECK(arrived == counts.delivered);
    programs["train"]->Interrupt();
    programs["train"]->Wait();
  }

  const TempDir folder;
  const std::string run = folder / "run", host = folder / "host", url;
  RunExchange& exchange;
  std::map<std::string, std::unique_ptr<Program>> programs;
};

std::string UrlOf(const RedisServer& server) { return absl::StrCat("unix:", server.socket()); }

TEST_CASE("Links, hosts and their workers are killed, and every accepted shard arrives") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  RunExchange exchange = server.Exchange();
  Processes processes(UrlOf(server), exchange);
  processes.Deliver(3);
  processes["work"].KillGroup();
  processes.Start("work");
  processes.Deliver(3);
  processes["link"].Kill();
  processes.Start("link");  // Its lease is not over.
  processes.Deliver(3);
  REQUIRE(processes["work"].KillChild("selfplay"));
  processes.Deliver(3);

  const auto status = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "status");
    const Ended ended = RunProgram(arguments, processes.folder / "status.log");
    INFO(ended.output);
    CHECK(ended.status == 0);
    return ended.output;
  };
  const auto json = ParseJson(status({"--redis", processes.url, "--json"}));
  REQUIRE(json.ok());
  CHECK((*json)["hosts"].size() >= 2);
  CHECK((*json)["network"].get<int64_t>() >= 0);
  CHECK_THAT(status({"--redis", processes.url}), Catch::Contains("learner at step"));
  // The link notes who plays elsewhere every five seconds, the learner what it learns every two.
  const Stopwatch watch;
  for (const char* role : {"link", "learner"}) {
    const std::string noted = absl::StrCat(processes.run, "/metrics/", role, ".jsonl");
    while (!std::filesystem::exists(noted) || std::filesystem::is_empty(noted)) {
      REQUIRE(watch.Seconds() < 60);
      absl::SleepFor(absl::Milliseconds(50));
    }
  }
  const auto of_folder = ParseJson(status({"--run", processes.run, "--json"}));
  REQUIRE(of_folder.ok());
  CHECK((*of_folder)["workers"].size() == 1);
  CHECK((*of_folder)["learner"]["step"].get<int64_t>() > 0);
  CHECK((*of_folder)["link"]["workers"].get<int64_t>() >= 1);
  CHECK_THAT(status({"--run", processes.run}), Catch::Contains("selfplay-000"));
  const Ended reported = RunProgram({"report", "--run", processes.run}, processes.folder / "log");
  CHECK(reported.status == 0);
  CHECK_THAT(ReadBytes(processes.run + "/report.html"),
             Catch::Contains("How old their networks are") &&
                 Catch::Contains("Shards that did not arrive"));
  processes.CheckAllArrived();
}

TEST_CASE("Each process is killed or stands still at any moment, Redis too") {
  if (!RedisServer::Installed()) return;
  RedisServer server({"--appendonly", "yes"});
  RunExchange exchange = server.Exchange();
  Processes processes(UrlOf(server), exchange);
  processes.Deliver(2);
  Rng rng(1);
  std::vector<std::string> targets = {"train", "link", "work", "selfplay", "redis"};
  for (const bool dies : {true, false}) {
    Shuffle(targets, rng);
    for (const std::string& target : targets) {
      INFO(target << (dies ? " is killed" : " stands still"));
      absl::SleepFor(absl::Milliseconds(rng.Below(300)));
      const bool is_child = target == "selfplay";
      if (target == "redis") {
        dies ? server.Kill() : server.Signal(SIGSTOP);
      } else {
        const pid_t process = is_child ? processes["work"].Child(target) : processes[target].pid();
        REQUIRE(process > 0);
        if (dies && !is_child) processes[target].KillGroup();
        if (!dies || is_child) REQUIRE(kill(process, dies ? SIGKILL : SIGSTOP) == 0);
        absl::SleepFor(absl::Milliseconds(200));
        if (!dies) REQUIRE(kill(process, SIGCONT) == 0);
        if (dies && !is_child) processes.Start(target);
      }
      if (target == "redis") absl::SleepFor(absl::Milliseconds(200));
      if (target == "redis") dies ? server.Start() : server.Signal(SIGCONT);
      processes.Deliver(2);
    }
  }
  processes.CheckAllArrived();
}

TEST_CASE("The clock of every machine is set, back or forth, and shards arrive") {
#ifdef __SANITIZE_ADDRESS__
  WARN("skipped: the sanitizer has to be loaded first");
  return;
#endif
  if (!RedisServer::Installed()) return;
  for (const int jump : {-7200, 7200}) {
    const TempDir folder;
    const RedisServer server;
    RunExchange exchange = server.Exchange();
    std::optional<Processes> processes;
    {
      const JumpingClock clock(folder / "now", jump);
      processes.emplace(UrlOf(server), exchange);
    }
    processes->Deliver(2);
    folder.Write("now", "");
    processes->Deliver(4);
    // Two intervals of reports; a rate is of time as it passes.
    processes->Deliver(2);
    const auto reports = exchange.Reports();
    REQUIRE(reports.ok());
    for (const auto& [id, report] : *reports) {
      const double rate = report.value("timesteps_per_second", 0.0);
      CHECK(rate >= 0);
      CHECK(rate < 1e6);
    }
    processes->CheckAllArrived();
  }
}

TEST_CASE("A host of another version is refused by name, before it plays") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  const TempDir folder;
  RunExchange exchange = server.Exchange();
  REQUIRE(exchange.Publish({"id", TinyToml(), "shards 0, configuration 0", 1}).ok());
  const Ended ended =
      RunProgram({"work", "--redis", UrlOf(server), "--out", folder / "host"}, folder / "log");
  CHECK(ended.status == 1);
  CHECK_THAT(ended.output, Catch::Contains("its learner exchanges \"shards 0, configuration 0\"") &&
                               Catch::Contains("use the same version of Hod"));
  CHECK_FALSE(std::filesystem::exists(folder / "host"));
}

// Longer than connections and leases last. The short one is in tests/engine/cluster.
TEST_CASE("The line to Redis is cut for a minute, and play goes on") {
  if (std::getenv("HOD_SLOW_TESTS") == nullptr) {
    WARN("skipped: takes three minutes; HOD_SLOW_TESTS=1 runs it");
    return;
  }
  if (!RedisServer::Installed() || !PoorLine::Available()) return;
  PoorLine line;
  std::optional<RedisServer> server;
  line.There([&] {
    server.emplace(std::vector<std::string>{"--port", "6379", "--bind", line.address(),
                                            "--protected-mode", "no"});
  });
  RunExchange exchange = server->Exchange();
  Processes processes(absl::StrCat("redis://", line.address()), exchange);
  processes.Deliver(3);
  const auto spooled = [&] {
    return NextSequence(processes.host + "/shards", /*worker=*/1).value();
  };
  line.Cut(true);
  const int64_t before = spooled(), delivered = exchange.Counts().value().delivered;
  absl::SleepFor(absl::Seconds(60));
  const int64_t after = spooled();
  CHECK(after > before + 10);
  CHECK(exchange.Counts().value().delivered <= delivered + 1);
  WARN("in 60 s " << after - before << " shards were played");
  line.Cut(false);
  const Stopwatch watch;
  processes.Deliver(after - delivered, 120);
  WARN(watch.Seconds() << " s later all had been delivered");
  processes.CheckAllArrived();
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

TEST_CASE("A cluster on one machine starts again what dies") {
  if (!RedisServer::Installed()) return;
  const TempDir folder;
  Program cluster({"cluster", "local", "1", "--config", folder.Write("tiny.toml", TinyToml()),
                   "--set", "learner.max_steps=1000000", "--out", folder / "cluster"},
                  folder / "log");
  RedisAddress address;
  address.socket = folder / "cluster/redis/socket";
  RunExchange exchange(address, "run");
  const auto deliver = [&] {
    const int64_t before = exchange.Counts().value_or(ExchangeCounts()).delivered;
    const Stopwatch watch;
    while (exchange.Counts().value_or(ExchangeCounts()).delivered < before + 2) {
      INFO(cluster.Output());
      REQUIRE(watch.Seconds() < 60);
      REQUIRE(cluster.Running());
      absl::SleepFor(absl::Milliseconds(50));
    }
  };
  deliver();
  for (const char* name : {"link", "work", "redis-server"}) {
    INFO(name);
    const pid_t before = cluster.Child(name);
    REQUIRE(before > 0);
    REQUIRE(kill(before, SIGKILL) == 0);
    const Stopwatch watch;
    while (cluster.Child(name) == before || cluster.Child(name) == 0) {
      REQUIRE(watch.Seconds() < 10);
      absl::SleepFor(absl::Milliseconds(20));
    }
    deliver();
  }
  CHECK(exchange.Counts().value().lost == 0);
  cluster.Interrupt();
  CHECK(cluster.Wait() != 0);
  CHECK_THAT(cluster.Output(), Catch::Contains("goes on from the last checkpoint"));
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
