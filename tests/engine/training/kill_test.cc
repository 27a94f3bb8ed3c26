// Training is killed at random moments, in part or as a whole; the same command goes on with it and
// nothing that was stored is lost or broken.
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"
#include "engine/training/run_directory.h"
#include "env/base/json_lines.h"
#include "env/base/random.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"
#include "tests/support/env/program.h"

namespace hod::engine {
namespace {

constexpr int kKills = 6;
constexpr int kSteps = 150;          // After the last kill.
constexpr int kEndless = 1'000'000;  // However fast the machine is, none is complete before.
constexpr double kCheckpointSeconds = 0.3;
// How much longer than that the learner may be away from its clock on a busy machine.
constexpr double kSlackSeconds = 10;

int64_t LatestStep(const std::string& path) {
  const absl::StatusOr<RunDirectory> run = RunDirectory::Open(path);
  if (!run.ok()) return -1;  // Killed before it was made.
  const auto latest = run->LatestCheckpoint();
  REQUIRE(latest.ok());
  return latest->has_value() ? (*latest)->first : -1;
}

double SecondsOfWriting(const std::string& path) {
  struct stat about;
  REQUIRE(stat(path.c_str(), &about) == 0);
  return static_cast<double>(about.st_mtim.tv_sec) + 1e-9 * about.st_mtim.tv_nsec;
}

// Whenever the learner's steps fell back, they fell to the newest checkpoint of that moment, and
// that one was hardly older than the time between checkpoints.
void CheckStepsInMetrics(const RunDirectory& run) {
  std::map<int64_t, double> written;  // Time, by step.
  const auto checkpoints = run.Checkpoints();
  REQUIRE(checkpoints.ok());
  for (const auto& [step, path] : *checkpoints) written[step] = SecondsOfWriting(path);
  const auto lines = ReadJsonLines(run.metrics() + "/learner.jsonl");
  REQUIRE(lines.ok());
  std::optional<nlohmann::json> before;
  for (const nlohmann::json& line : *lines) {
    if (before && line["step"] <= (*before)["step"]) {
      const int64_t resumed = line["step"].get<int64_t>() - 1;
      REQUIRE(written.count(resumed) == 1);
      const double lost_at = (*before)["time"];
      CHECK(lost_at - written[resumed] < kCheckpointSeconds + kSlackSeconds);
      const auto next = written.upper_bound(resumed);
      if (next != written.end()) CHECK(next->second > lost_at);
    }
    before = line;
  }
}

TEST_CASE("Killed at any moment, training goes on with the same command and completes") {
  const TempDir dir;
  const std::string out = dir.path() + "/run";
  const std::vector<std::string> train = {"train",
                                          "--config",
                                          dir.Write("tiny.toml", TinyToml()),
                                          "--out",
                                          out,
                                          "--set",
                                          "learner.passes=0.25",
                                          "--set",
                                          "learner.keep_checkpoints=0"};  // They are looked at.
  const auto until = [&](int64_t steps) {
    std::vector<std::string> command = train;
    command.insert(command.end(), {"--set", absl::StrCat("learner.max_steps=", steps)});
    return command;
  };
  Rng rng(20);
  for (int kills = 0; kills < kKills; ++kills) {
    const int64_t before = LatestStep(out);
    Program program(until(kEndless), absl::StrCat(dir.path(), "/train-", kills, ".log"));
    // Half of the times while processes start, half while they have something to lose.
    if (kills % 2 == 1) {
      while (program.Running() && LatestStep(out) <= std::max<int64_t>(before, 0)) {
        absl::SleepFor(absl::Milliseconds(10));
      }
    }
    absl::SleepFor(absl::Milliseconds(rng.Below(800)));
    switch (rng.Below(4)) {
      case 0:
        program.KillGroup();
        break;
      case 1:
        program.Kill();  // The next one meets processes that are still ending.
        break;
      case 2:
        while (!program.KillChild("selfplay") && program.Running()) {
          absl::SleepFor(absl::Milliseconds(1));
        }
        while (program.Running() &&
               !absl::StrContains(program.Output(),
                                  "started again: hod selfplay failed (signal 9, Killed")) {
          absl::SleepFor(absl::Milliseconds(1));
        }
        absl::SleepFor(absl::Milliseconds(rng.Below(800)));
        program.KillGroup();
        break;
      default:
        while (!program.KillChild("learn") && program.Running()) {
          absl::SleepFor(absl::Milliseconds(1));
        }
        CHECK(program.Wait() != 0);
        CHECK_THAT(program.Output(), Catch::Contains("hod learn failed (signal 9, Killed"));
    }
    CHECK(LatestStep(out) >= before);
  }

  const int64_t end = std::max<int64_t>(LatestStep(out), 0) + kSteps;
  const Ended last = RunProgram(until(end), dir.path() + "/train.log");
  INFO(last.output);
  REQUIRE(last.status == 0);
  const absl::StatusOr<RunDirectory> run = RunDirectory::Open(out);
  REQUIRE(run.ok());
  CHECK((*run->LatestCheckpoint())->first == end);
  CheckStepsInMetrics(*run);

  RunProgress progress;
  const auto checkpoints = run->Checkpoints();
  for (const auto& [step, path] : *checkpoints) {
    const absl::StatusOr<models::Checkpoint> checkpoint = models::LoadCheckpoint(path);
    INFO(path << ": " << checkpoint.status());
    REQUIRE(checkpoint.ok());
    CHECK(checkpoint->state.steps == step);
    const RunProgress stored = *RunProgress::FromJson(checkpoint->run);
    CHECK(stored.seconds >= progress.seconds);
    CHECK(stored.timesteps >= progress.timesteps);
    progress = stored;
  }
  CHECK(progress.timesteps > 0);

  const auto shards = ListShards(run->shards());
  REQUIRE(shards.ok());
  CHECK_FALSE(shards->empty());
  for (const ShardId id : *shards) {
    const absl::StatusOr<Shard> shard = ReadShard(run->shards() + "/" + ShardName(id));
    INFO(shard.status());
    CHECK(shard.ok());
  }
}

}  // namespace
}  // namespace hod::engine
