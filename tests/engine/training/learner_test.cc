// Learning is a function of the shards and the seed, however often the learner was stopped.
#include "engine/training/learner.h"

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/samples/recorded_play.h"
#include "engine/samples/shard_directory.h"
#include "engine/training/learner_with_worker.h"
#include "engine/training/run_session.h"
#include "env/base/clock.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/played_shards.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

constexpr int kSteps = 60;

// A new run.
RunDirectory RunOf(const std::string& path, const RunConfig& config) {
  const auto run = RunDirectory::CreateOrResume(path, config);
  INFO(run.status());
  REQUIRE(run.ok());
  return *run;
}

// A run with all the play it will ever have.
RunDirectory RunWithShards(const std::string& path, double ema_decay, int64_t window = 2048) {
  RunConfig config = RepeatableConfig();
  config.learner.max_steps = kSteps;
  config.learner.ema_decay = ema_decay;
  config.learner.window = window;
  RunDirectory run = RunOf(path, config);
  for (int seed = 0; seed < 4; ++seed) WriteShard(run, {0, seed}, seed);
  return run;
}

models::TrainerState FinalState(const RunDirectory& run, int64_t steps = kSteps) {
  const auto latest = run.LatestCheckpoint();
  REQUIRE(latest.ok());
  REQUIRE((*latest)->first == steps);
  const auto checkpoint = models::LoadCheckpoint((*latest)->second);
  REQUIRE(checkpoint.ok());
  return checkpoint->state;
}

// Learns to the end, stopped again and again on the way.
void RunInPieces(const RunDirectory& run, int64_t steps = kSteps) {
  std::atomic<bool> stop = false;
  int runs = 0;
  for (int64_t step = 0; step < steps; ++runs) {
    stop = false;
    // Each time it gets a little further than a start takes.
    std::thread stopper([&] {
      const MonotonicTime until = MonotonicNow() + absl::Milliseconds(60 + 20 * runs);
      while (MonotonicNow() < until) absl::SleepFor(absl::Milliseconds(1));
      stop = true;
    });
    const absl::Status status = RunLearner(run, stop);
    stopper.join();
    INFO(status);
    REQUIRE(status.ok());
    step = (*run.LatestCheckpoint())->first;
    REQUIRE(runs < 200);
  }
}

void CheckSame(const models::TrainerState& resumed, const models::TrainerState& expected) {
  CHECK(resumed.network.parameters == expected.network.parameters);
  CHECK(resumed.average == expected.average);
  CHECK(resumed.first_moment == expected.first_moment);
  CHECK(resumed.second_moment == expected.second_moment);
}

TEST_CASE("A learner that is stopped and resumed ends where one that ran through ends") {
  const std::atomic<bool> stop = false;
  for (const double ema_decay : {0.0, 0.9}) {
    const TempDir dir;
    const RunDirectory straight = RunWithShards(dir.path() + "/straight", ema_decay);
    REQUIRE(RunLearner(straight, stop).ok());
    const RunDirectory often = RunWithShards(dir.path() + "/often", ema_decay);
    RunInPieces(often);
    CheckSame(FinalState(often), FinalState(straight));
    CHECK(ListShards(often.shards())->size() == 4);
  }
}

TEST_CASE("So does one whose older play is deleted as it leaves the window") {
  const std::atomic<bool> stop = false;
  const TempDir dir;
  constexpr int64_t kWindow = 130;  // Less than three episodes.
  const RunDirectory straight = RunWithShards(dir.path() + "/straight", 0, kWindow);
  REQUIRE(RunLearner(straight, stop).ok());
  const RunDirectory often = RunWithShards(dir.path() + "/often", 0, kWindow);
  RunInPieces(often);
  CheckSame(FinalState(often), FinalState(straight));
  const auto left = ListShards(often.shards());
  REQUIRE(left.ok());
  CHECK(left->size() < 4);
  CHECK(left->back() == ShardId{0, 3});
}

TEST_CASE("Recorded play is learnt from so often, and nothing of it is deleted") {
  const std::atomic<bool> stop = false;
  const TempDir dir;
  const RunDirectory played = RunWithShards(dir.path() + "/played", 0);
  const auto recorded = ReadRecordedPlay(played.shards(), TinyConfig().PlayedGame(), {});
  REQUIRE(recorded.ok());
  RunConfig config = TinyConfig();
  config.learner.samples = played.shards();
  config.learner.passes = 2;
  config.learner.batch_size = 7;
  config.learner.goal_kl_weight = 0;
  config.learner.window = 1;  // Holds for self-play.
  config.learner.max_steps = 1000;
  const int64_t steps = (2 * recorded->num_timesteps() + 6) / 7;
  const RunDirectory straight = RunOf(dir.path() + "/straight", config);
  REQUIRE(RunLearner(straight, stop).ok());
  const RunDirectory often = RunOf(dir.path() + "/often", config);
  RunInPieces(often, steps);
  CheckSame(FinalState(often, steps), FinalState(straight, steps));
  // Nor is the goal prediction held where it was when nothing was learnt.
  config.learner.goal_kl_weight = 30;
  const RunDirectory held = RunOf(dir.path() + "/held", config);
  REQUIRE(RunLearner(held, stop).ok());
  CheckSame(FinalState(held, steps), FinalState(straight, steps));
  CHECK(ListShards(played.shards())->size() == 4);
  CHECK(ListShards(straight.shards())->empty());

  config.learner.samples = dir / "nowhere";
  const absl::Status missing = RunLearner(RunOf(dir.path() + "/missing", config), stop);
  CHECK_THAT(std::string(missing.message()), Catch::Contains(dir / "nowhere"));
}

TEST_CASE("A learner plays and learns in one process") {
  const TempDir dir;
  RunConfig config = TinyConfig();
  config.selfplay.threads = 2;
  config.learner.max_steps = 20;
  config.learner.passes = 100;
  const RunDirectory run = RunOf(dir.path() + "/run", config);
  const std::atomic<bool> stop = false;
  REQUIRE(RunLearnerWithWorker(run, "", stop).ok());
  CHECK((*run.LatestCheckpoint())->first == 20);
  CHECK_FALSE(ListShards(run.shards())->empty());
}

TEST_CASE("A learner learns from an assistant that does not search") {
  const std::string assistant = GENERATE("belief", "noop");
  const TempDir dir;
  RunConfig config = TinyConfig();
  config.assistant = assistant;
  config.learner.max_steps = 20;
  config.learner.passes = 100;
  const RunDirectory run = RunOf(dir.path() + "/run", config);
  const std::atomic<bool> stop = false;
  REQUIRE(RunLearnerWithWorker(run, "", stop).ok());
  CHECK((*run.LatestCheckpoint())->first == 20);
}

TEST_CASE("Self-play waits for a learner that is behind") {
  const TempDir dir;
  RunConfig config = TinyConfig();
  config.assistant = "noop";                 // Plays thousands of timesteps a second.
  config.selfplay.shard_timesteps = 100000;  // A shard is handed over when it waits.
  config.selfplay.shard_seconds = 3600;
  config.learner.batch_size = 8;
  // With 1, a step needs more timesteps than self-play is ahead by without it.
  config.learner.start_timesteps = GENERATE(300, 1);
  config.learner.passes = config.learner.start_timesteps == 1 ? 1 : 2;
  config.learner.min_passes = 1;
  config.learner.max_steps = 1000000;
  config.learner.checkpoint_seconds = 0.2;
  const RunDirectory run = RunOf(dir.path() + "/run", config);
  std::atomic<bool> stop = false;
  std::thread stopper([&] {
    const MonotonicTime patience = MonotonicNow() + absl::Minutes(1);
    const auto step = [&] {
      return (*run.LatestCheckpoint()).value_or(std::pair<int64_t, std::string>{0, ""}).first;
    };
    while (step() < 60 && MonotonicNow() < patience) absl::SleepFor(absl::Milliseconds(10));
    stop = true;
  });
  REQUIRE(RunLearnerWithWorker(run, "", stop).ok());
  stopper.join();
  const auto [step, path] = **run.LatestCheckpoint();
  CHECK(step >= 60);  // Neither waits for the other for ever.
  const auto progress = RunProgress::FromJson(models::LoadCheckpoint(path)->run);
  REQUIRE(progress.ok());
  // Two groups of episodes, of 60 timesteps each, were in play when it had to wait.
  const int64_t in_play = 60 * config.selfplay.games;
  CHECK(progress->timesteps <= config.learner.start_timesteps + step * 8 + in_play);
  CHECK(progress->timesteps > config.learner.start_timesteps);
}

TEST_CASE("Training begins with a network that it is given") {
  const TempDir dir;
  const std::atomic<bool> stop = false;
  const auto config_beginning_with = [&](const models::NetworkConfig& shape) {
    RunConfig config = TinyConfig();
    config.learner.initial = dir.path() + "/initial.safetensors";
    const models::Network network = models::InitialNetwork(shape, Rng(77));
    REQUIRE(models::SaveNetwork(config.learner.initial, {network, "{}"}).ok());
    return config;
  };
  RunConfig config = config_beginning_with(TinyConfig().network);
  config.learner.max_steps = 1;
  const RunDirectory run = RunOf(dir.path() + "/run", config);
  REQUIRE(RunSession::Open(run, stop).ok());
  const auto first = models::LoadCheckpoint(run.CheckpointPath(0));
  REQUIRE(first.ok());
  CHECK(first->state.network.parameters ==
        models::InitialNetwork(TinyConfig().network, Rng(77)).parameters);

  models::NetworkConfig other = TinyConfig().network;
  ++other.blocks;
  config = config_beginning_with(other);
  const std::string message(
      RunSession::Open(RunOf(dir.path() + "/other", config), stop).status().message());
  CHECK_THAT(message, Catch::Contains("initial.safetensors") && Catch::Contains("network.*"));
}

TEST_CASE("A worker that fails ends the learner beside it, with its error") {
  const TempDir dir;
  RunConfig config = TinyConfig();
  config.human = "clone:" + dir.path() + "/missing.safetensors";
  const RunDirectory run = RunOf(dir.path() + "/run", config);
  const std::atomic<bool> stop = false;
  const absl::Status status = RunLearnerWithWorker(run, "", stop);
  CHECK_THAT(std::string(status.message()), Catch::Contains("missing.safetensors"));
}

}  // namespace
}  // namespace hod::engine
