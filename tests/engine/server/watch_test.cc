// What `hod watch` says of runs: as they are, as they grow, and when they are damaged.
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "engine/report/run_metrics.h"
#include "engine/server/watched_runs.h"
#include "env/base/json.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/explained_moments.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

using nlohmann::json;

constexpr size_t kMaxBytes = 2 << 20;

void AppendLine(const std::string& path, const json& line) {
  std::ofstream(path, std::ios::app) << line.dump() << "\n";
}

// A run with metrics of a learner and a worker, a checkpoint and a recorded episode.
std::string MakeRun(const TempDir& dir, const std::string& name) {
  const absl::StatusOr<RunDirectory> run = RunDirectory::CreateOrResume(dir / name, TinyConfig());
  INFO(run.status());
  REQUIRE(run.ok());
  const models::Network network = models::InitialNetwork(run->config().network, Rng(1));
  REQUIRE(models::SaveNetwork(run->CheckpointPath(7), {network, "{}"}).ok());
  std::filesystem::create_directory(run->path() + "/episodes");
  Record(SmallEpisode(), run->path() + "/episodes/house-000-assisted.jsonl.gz");
  Record(SmallEpisode(), run->path() + "/episodes/house-000-alone.jsonl.gz");
  for (int i = 0; i < 1200; ++i) {
    AppendLine(run->metrics() + "/learner.jsonl", {{"seconds", 2.0 * i},
                                                   {"step", 100 * i},
                                                   {"progress", i / 2400.0},
                                                   {"goal_loss", 1.0 / (i + 1)},
                                                   {"time", 1e9 + 2 * i}});
    AppendLine(run->metrics() + "/selfplay-000.jsonl", {{"event", "episode"},
                                                        {"seconds", 2.0 * i},
                                                        {"goal_percent", 50},
                                                        {"checkpoint_step", 7},
                                                        {"time", 1e9 + 2 * i}});
  }
  AppendLine(run->metrics() + "/selfplay-000.jsonl", {{"event", "rate"},
                                                      {"timesteps_per_second", 870.4},
                                                      {"evaluations_per_second", 12},
                                                      {"time", 1e9}});
  return run->path();
}

WatchedRuns Opened(const std::vector<std::string>& paths, const std::string& record = "") {
  absl::StatusOr<WatchedRuns> runs = WatchedRuns::Open(paths, record);
  INFO(runs.status());
  REQUIRE(runs.ok());
  return *std::move(runs);
}

std::string Error(const std::string& path) {
  const absl::StatusOr<WatchedRuns> runs = WatchedRuns::Open({path}, "");
  return runs.ok() ? "accepted" : std::string(runs.status().message());
}

// The only run of the message, as a client reads it.
json Shown(const WatchedRuns& runs) {
  const std::string text = DumpJson(runs.Message(/*with_episode=*/true));
  CHECK(text.size() < kMaxBytes);
  const absl::StatusOr<json> message = ParseJson(text);
  REQUIRE(message.ok());
  CHECK((*message)["type"] == "watch");
  REQUIRE((*message)["runs"].size() == 1);
  return (*message)["runs"][0];
}

json Titled(const json& list, const std::string& title) {
  for (const json& one : list) {
    if (one["title"] == title) return one;
  }
  FAIL(title << " is not in " << list.dump());
  return {};
}

// Every file below a folder, with its bytes and the time of its last change.
auto FilesBelow(const std::string& folder) {
  std::map<std::string, std::pair<std::string, std::filesystem::file_time_type>> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string bytes = entry.is_regular_file() ? ReadBytes(entry.path()) : "";
    files[entry.path()] = {bytes, entry.last_write_time()};
  }
  return files;
}

TEST_CASE("A run is shown with curves, workers, lag, and its newest episode") {
  const TempDir dir;
  const std::string path = MakeRun(dir, "run");
  const auto before = FilesBelow(path);
  const json run = Shown(Opened({path}));
  CHECK(run["name"] == path);
  CHECK_THAT(run["status"].get<std::string>(), Catch::Contains("quiet at 50.0 %"));

  const json loss = Titled(run["curves"], "Goal loss: cross entropy, nats a cell");
  CHECK(loss["x"] == "minutes");
  CHECK(loss["points"].size() <= 500);
  CHECK(loss["points"].front()[1] > loss["points"].back()[1]);
  CHECK(loss["points"].back()[0].get<double>() == Approx(2.0 * 1197 / 60).margin(0.1));
  const json goal = Titled(run["curves"], "Self-play: who builds: goal, % of the goal");
  CHECK(goal["points"].size() <= 500);
  CHECK(goal["points"].size() > 200);
  CHECK(goal["points"].back()[1] == 50);

  REQUIRE(run["workers"].size() == 2);
  CHECK(run["workers"][0]["name"] == "learner");
  CHECK(run["workers"][0]["rate"] == "50 steps/s");
  CHECK(run["workers"][0]["age_seconds"] > 1e6);
  CHECK(run["workers"][1]["name"] == "selfplay-000");
  CHECK(run["workers"][1]["rate"] == "870 timesteps/s, 12 evaluations/s");

  const json lag = Titled(run["tables"], "Lag");
  for (const json& row : lag["rows"]) CHECK(row.size() == lag["columns"].size());
  CHECK_THAT(lag.dump(), Catch::Contains("step 119900") && Catch::Contains("step 7"));

  const json episode = run["episode"];
  CHECK_THAT(episode["title"].get<std::string>(), Catch::Contains("house-000-assisted.jsonl.gz"));
  CHECK(episode["size"] == json({6, 6, 6}));
  CHECK(episode["roles"] == json({"human", "assistant"}));
  CHECK(episode["feet"].size() == 2);
  REQUIRE(episode["steps"].size() == 2);
  CHECK(episode["steps"][0]["changes"].dump() == "[[[2,2,3],6,0]]");
  CHECK(episode["steps"][1]["goal_percent"] > episode["steps"][0]["goal_percent"]);
  const json belief = episode["steps"][0]["belief"];
  REQUIRE(belief.is_array());
  REQUIRE_FALSE(belief.empty());
  CHECK(belief[0][0].size() == 3);
  CHECK(belief[0][2] >= 0.1);

  CHECK(FilesBelow(path) == before);
}

TEST_CASE("What has grown is news, the rest is not") {
  const TempDir dir;
  const std::string path = MakeRun(dir, "run");
  WatchedRuns runs = Opened({path});
  CHECK_FALSE(runs.Poll().any);
  AppendLine(path + "/metrics/learner.jsonl",
             {{"seconds", 2402}, {"step", 130000}, {"progress", 0.75}, {"time", 1e9 + 2402}});
  WatchedRuns::News news = runs.Poll();
  CHECK(news.any);
  CHECK_FALSE(news.episode);
  CHECK_THAT(Shown(runs)["status"].get<std::string>(), Catch::Contains("75.0 %"));
  CHECK_FALSE(runs.Message(/*with_episode=*/false)["runs"][0].contains("episode"));
  CHECK_FALSE(runs.Poll().any);
  // A worker of another machine joins.
  AppendLine(path + "/metrics/selfplay-005.jsonl",
             {{"event", "episode"}, {"seconds", 1}, {"time", 1e9}});
  CHECK(runs.Poll().any);
  CHECK(Shown(runs)["workers"].size() == 3);
}

TEST_CASE("Runs are compared, with one episode, the newest") {
  const TempDir dir;
  const std::string a = MakeRun(dir, "a"), b = MakeRun(dir, "b");
  const auto file = [](const std::string& run) {
    return run + "/episodes/house-000-assisted.jsonl.gz";
  };
  std::filesystem::last_write_time(
      file(a), std::filesystem::last_write_time(file(b)) + std::chrono::seconds(5));
  const json message = Opened({a, b}).Message(/*with_episode=*/true);
  REQUIRE(message["runs"].size() == 2);
  CHECK(message["runs"][0]["name"] == a);
  CHECK(message["runs"][0].contains("episode"));
  CHECK(message["runs"][1]["name"] == b);
  CHECK_FALSE(message["runs"][1].contains("episode"));
}

TEST_CASE("Episodes may be recorded elsewhere, and need no network") {
  const TempDir dir;
  const std::string path = MakeRun(dir, "run");
  std::filesystem::remove_all(path + "/episodes");
  CHECK_FALSE(Shown(Opened({path})).contains("episode"));
  std::filesystem::remove(path + "/checkpoints/step-000000007.safetensors");
  std::filesystem::create_directory(dir / "recorded");
  Record(SmallEpisode(), dir / "recorded" + "/w000-1.jsonl.gz");
  const json episode = Shown(Opened({path}, dir / "recorded"))["episode"];
  CHECK(episode["steps"].size() == 2);
  CHECK_FALSE(episode["steps"][0].contains("belief"));
}

TEST_CASE("What cannot be read is named: at once, or in the status of its run") {
  const TempDir dir;
  const std::string path = MakeRun(dir, "run");
  CHECK_THAT(Error(dir / "none"), Catch::Contains(dir / "none"));
  WatchedRuns runs = Opened({path});
  const json before = Shown(runs);

  AppendLine(path + "/metrics/learner.jsonl", "nonsense");
  CHECK(runs.Poll().any);
  json after = Shown(runs);
  CHECK_THAT(after["status"].get<std::string>(),
             Catch::Contains(path + "/metrics/learner.jsonl: line 1201"));
  CHECK(after["curves"] == before["curves"]);
  CHECK_THAT(Error(path), Catch::Contains(path + "/metrics/learner.jsonl: line 1201"));

  const std::string other = MakeRun(dir, "other");
  runs = Opened({other});
  WriteBytes(other + "/evaluation.json", "{}");
  CHECK(runs.Poll().any);
  CHECK_THAT(Shown(runs)["status"].get<std::string>(),
             Catch::Contains(other + "/evaluation.json: "));
  std::filesystem::remove(other + "/evaluation.json");
  CHECK(runs.Poll().any);
  CHECK_THAT(Shown(runs)["status"].get<std::string>(), Catch::Contains("quiet"));

  WriteBytes(other + "/episodes/house-001-assisted.jsonl.gz", "no trace");
  CHECK_THAT(Error(other), Catch::Contains(other + "/episodes/house-001-assisted.jsonl.gz"));
}

}  // namespace
}  // namespace hod::engine
