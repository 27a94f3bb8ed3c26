// The directory of a run: made, gone on with, refused, and used by one process a role.
#include "engine/training/run_directory.h"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "env/base/clock.h"
#include "env/base/files.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

RunConfig With(const std::vector<std::string>& overrides) {
  RunConfig config = TinyConfig();
  for (const std::string& assignment : overrides) {
    const absl::Status status = Override(config, assignment);
    INFO(status);
    REQUIRE(status.ok());
  }
  return config;
}

std::string Error(const absl::StatusOr<RunDirectory>& run) {
  return run.ok() ? "accepted" : std::string(run.status().message());
}

TEST_CASE("A run directory holds what it was made with") {
  const TempDir dir;
  const std::string path = dir.path() + "/runs/first";
  absl::StatusOr<RunDirectory> made = RunDirectory::CreateOrResume(path, TinyConfig());
  REQUIRE(made.ok());
  for (const std::string& folder : {made->shards(), made->metrics(), made->logs()}) {
    CHECK(std::filesystem::is_directory(folder));
  }
  CHECK(std::filesystem::exists(path + "/run.json"));
  CHECK(made->Checkpoints()->empty());
  CHECK_FALSE(made->LatestCheckpoint()->has_value());

  const auto opened = RunDirectory::Open(path);
  REQUIRE(opened.ok());
  CHECK(opened->path() == path);
  CHECK(Differences(opened->config(), TinyConfig()).empty());
  const std::string about = *ReadFile(path + "/run.json");
  made = absl::UnknownError("given up");
  CHECK(RunDirectory::CreateOrResume(path, TinyConfig()).ok());
  CHECK(*ReadFile(path + "/run.json") == about);
}

TEST_CASE("A run does not go on with other settings") {
  const TempDir dir;
  REQUIRE(RunDirectory::CreateOrResume(dir.path(), TinyConfig()).ok());
  const std::string stored = *ReadFile(dir.path() + "/config.toml");
  const std::string error = Error(RunDirectory::CreateOrResume(
      dir.path(), With({"network.blocks=2", "game.horizon=61", "learner.max_steps=40"})));
  CHECK_THAT(error, Catch::StartsWith(dir.path() + ": holds a run with other settings"));
  CHECK_THAT(error, Catch::Contains("network.blocks: 2 here, 1 there"));
  CHECK_THAT(error, Catch::Contains("game.horizon: 61 here, 60 there"));
  CHECK_THAT(error, !Catch::Contains("max_steps"));
  for (const char* other : {"learner.max_gradient_norm=5.0", "selfplay.games=5", "seed=2"}) {
    const std::string key(other, std::string(other).find('='));
    CHECK_THAT(Error(RunDirectory::CreateOrResume(dir.path(), With({other}))),
               Catch::Contains(key + ": "));
  }
  CHECK(*ReadFile(dir.path() + "/config.toml") == stored);
}

TEST_CASE("How long to train and how to evaluate may change, and is kept") {
  const TempDir dir;
  REQUIRE(RunDirectory::CreateOrResume(dir.path(), TinyConfig()).ok());
  const RunConfig changed =
      With({"learner.max_steps=40", "learner.max_minutes=2.5", "learner.keep_checkpoints=5",
            "selfplay.workers=3", "evaluation.goals=npy:x", "evaluation.episodes=7",
            "evaluation.seed=8", "evaluation.simulations=9", "evaluation.threads=1"});
  const auto resumed = RunDirectory::CreateOrResume(dir.path(), changed);
  REQUIRE(resumed.ok());
  CHECK(Differences(resumed->config(), changed).empty());
  CHECK(Differences(RunDirectory::Open(dir.path())->config(), changed).empty());
}

TEST_CASE("What is not a run directory is refused by name") {
  const TempDir dir;
  CHECK_THAT(Error(RunDirectory::Open(dir.path())),
             Catch::StartsWith(dir.path() + ": not a run directory"));
  const std::string missing = dir.path() + "/missing";
  CHECK_THAT(Error(RunDirectory::Open(missing)),
             Catch::StartsWith(missing + ": not a run directory"));
  const std::string broken = dir.Write("config.toml", "seed = 1\nsead = 2\n");
  const std::string expected = broken + ": line 2: sead: no such setting";
  CHECK(Error(RunDirectory::Open(dir.path())) == expected);
  CHECK(Error(RunDirectory::CreateOrResume(dir.path(), TinyConfig())) == expected);
  const std::string below_file = dir.Write("file", "") + "/run";
  CHECK_THAT(Error(RunDirectory::CreateOrResume(below_file, TinyConfig())),
             Catch::Contains(below_file));
}

TEST_CASE("Checkpoints are listed by step, other files are none") {
  const TempDir dir;
  const auto run = RunDirectory::CreateOrResume(dir.path(), TinyConfig());
  REQUIRE(run.ok());
  const std::vector<int64_t> steps = {1000000000, 5, 0, 999999999, 40};
  for (const int64_t step : steps) {
    REQUIRE(WriteFileAtomically(run->CheckpointPath(step), "").ok());
  }
  for (const char* name :
       {"notes.txt", "step-.safetensors", "step-abc.safetensors", "step-000000077.safetensors.tmp",
        "step-00000077x.safetensors", "xstep-000000077.safetensors", "step-77.safetensors",
        "step-000000-77.safetensors", "step- 00000077.safetensors", "step-000000077",
        "step-99999999999999999999999.safetensors"}) {
    dir.Write(std::string("checkpoints/") + name, "");
  }
  const auto checkpoints = run->Checkpoints();
  REQUIRE(checkpoints.ok());
  std::vector<int64_t> listed;
  for (const auto& [step, path] : *checkpoints) {
    listed.push_back(step);
    CHECK(path == run->CheckpointPath(step));
  }
  CHECK(listed == std::vector<int64_t>{0, 5, 40, 999999999, 1000000000});
  CHECK((*run->LatestCheckpoint())->first == 1000000000);

  std::filesystem::remove_all(dir.path() + "/checkpoints");
  CHECK_THAT(std::string(run->Checkpoints().status().message()),
             Catch::Contains(dir.path() + "/checkpoints"));
}

TEST_CASE("What a checkpoint says of its run is read back or refused") {
  RunProgress progress = {12.5, 4096, "seed = 1\n\"quoted\""};
  progress.replay = {.window = {{0, 7}, {2, 0}}, .next = {{0, 8}, {2, 1}}, .refused = {{0, 3}}};
  const auto read = RunProgress::FromJson(progress.ToJson());
  REQUIRE(read.ok());
  CHECK(read->seconds == 12.5);
  CHECK(read->timesteps == 4096);
  CHECK(read->config == progress.config);
  CHECK(read->replay.window == progress.replay.window);
  CHECK(read->replay.next == progress.replay.next);
  CHECK(read->replay.refused == progress.replay.refused);
  CHECK(RunProgress::FromJson(R"({"seconds": 1, "timesteps": 2, "config": ""})")
            ->replay.window.empty());
  CHECK_THAT(std::string(RunProgress::FromJson(
                             R"({"seconds": 1, "timesteps": 2, "config": "", "replay": {}})")
                             .status()
                             .message()),
             Catch::Contains("run: replay: window: expected an array of names of shards"));
  for (const char* bad : {"", "[]", "nonsense", "{}", R"({"seconds": 1, "timesteps": 2})",
                          R"({"seconds": "1", "timesteps": 2, "config": ""})",
                          R"({"seconds": 1, "timesteps": null, "config": ""})",
                          R"({"seconds": 1, "timesteps": 2, "config": 3})"}) {
    CHECK_THAT(std::string(RunProgress::FromJson(bad).status().message()),
               Catch::Contains("expected an object with seconds, timesteps and config"));
  }
}

TEST_CASE("Nothing is written to a run that has a trainer") {
  const TempDir dir;
  absl::StatusOr<RunDirectory> first = RunDirectory::CreateOrResume(dir.path(), TinyConfig());
  REQUIRE(first.ok());
  const std::string stored = *ReadFile(dir.path() + "/config.toml");
  const RunConfig longer = With({"learner.max_steps=40"});
  std::optional<RunDirectory> copy = *first;
  first = absl::UnknownError("given up");
  CHECK_THAT(Error(RunDirectory::CreateOrResume(dir.path(), longer)),
             Catch::Contains(dir.path() + "/trainer.lock: held by another process"));
  CHECK(*ReadFile(dir.path() + "/config.toml") == stored);
  CHECK(RunDirectory::Open(dir.path()).ok());
  copy.reset();
  CHECK(RunDirectory::CreateOrResume(dir.path(), longer).ok());
  CHECK(*ReadFile(dir.path() + "/config.toml") != stored);
}

TEST_CASE("The newest checkpoints are kept, and the first of every doubling of steps") {
  const auto steps_of = [](const RunDirectory& run) {
    std::vector<int64_t> steps;
    const auto checkpoints = run.Checkpoints();
    REQUIRE(checkpoints.ok());
    for (const auto& [step, path] : *checkpoints) steps.push_back(step);
    return steps;
  };
  const TempDir dir;
  for (const int keep : {0, 1, 3}) {
    const std::string path = absl::StrCat(dir.path(), "/keep-", keep);
    const auto run =
        RunDirectory::CreateOrResume(path, With({absl::StrCat("learner.keep_checkpoints=", keep)}));
    REQUIRE(run.ok());
    std::vector<int64_t> all;
    for (int64_t step = 0; step <= 1000; step += 25) {
      REQUIRE(WriteFileAtomically(run->CheckpointPath(step), "").ok());
      REQUIRE(run->DeleteOldCheckpoints().ok());
      all.push_back(step);
    }
    if (keep == 0) CHECK(steps_of(*run) == all);
    if (keep == 1) {
      CHECK(steps_of(*run) == std::vector<int64_t>{0, 25, 50, 75, 150, 275, 525, 1000});
    }
    if (keep == 3) {
      CHECK(steps_of(*run) == std::vector<int64_t>{0, 25, 50, 75, 150, 275, 525, 950, 975, 1000});
    }
  }
  // However many there were, they fit on a disk.
  const auto run = RunDirectory::CreateOrResume(dir.path() + "/long", TinyConfig());
  REQUIRE(run.ok());
  constexpr int64_t kCheckpoints = 20000, kSteps = 50;
  for (int64_t i = 0; i < kCheckpoints; ++i) {
    std::ofstream(run->CheckpointPath(kSteps * i)).put('x');
    REQUIRE(run->DeleteOldCheckpoints().ok());
  }
  CHECK(steps_of(*run).size() < 50);
  CHECK((*run->LatestCheckpoint())->first == kSteps * (kCheckpoints - 1));
}

TEST_CASE("Who waits for a role can be stopped") {
  const TempDir dir;
  const auto trained = RunDirectory::CreateOrResume(dir.path(), TinyConfig());
  REQUIRE(trained.ok());
  const auto held = RoleLock::Take(*trained, "learner");
  REQUIRE(held.ok());
  const std::atomic<bool> stop = true;
  CHECK(absl::IsCancelled(RoleLock::Take(*trained, "learner", stop).status()));
  const auto again = RunDirectory::CreateOrResume(dir.path(), TinyConfig(), stop);
  CHECK(absl::IsCancelled(again.status()));
}

TEST_CASE("A role is one process's until it ends, however it ends") {
  const TempDir dir;
  const auto run = RunDirectory::CreateOrResume(dir.path(), TinyConfig());
  REQUIRE(run.ok());
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {  // Takes the role, tells so, and is still holding it when it is killed.
    absl::StatusOr<RoleLock> lock = RoleLock::Take(*run, "learner");
    if (!lock.ok() || write(ready[1], "x", 1) != 1) _exit(1);
    for (;;) pause();
  }
  char byte;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  CHECK(RoleLock::Take(*run, "selfplay-000").ok());  // Another role is free.

  // Half a second later something kills the holder; only then the role can be had.
  const pid_t killer = fork();
  if (killer == 0) {
    absl::SleepFor(absl::Milliseconds(500));
    kill(child, SIGKILL);
    _exit(0);
  }
  const Stopwatch watch;
  absl::StatusOr<RoleLock> lock = RoleLock::Take(*run, "learner");
  CHECK(watch.Elapsed() >= absl::Milliseconds(300));
  CHECK(lock.ok());
  for (const pid_t pid : {child, killer}) waitpid(pid, nullptr, 0);
  for (const int end : ready) close(end);
  { const RoleLock moved = *std::move(lock); }
  CHECK(RoleLock::Take(*run, "learner").ok());
}

}  // namespace
}  // namespace hod::engine
