// Learners that share a run: what they make together, and what becomes of it when one is lost.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/samples/shard_directory.h"
#include "engine/training/learner.h"
#include "engine/training/peers.h"
#include "env/base/files.h"
#include "env/base/json_lines.h"
#include "models/checkpoints/checkpoint.h"
#include "models/network/torch_library.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/played_shards.h"
#include "tests/support/engine/tiny_run.h"
#include "tests/support/env/program.h"
#include "tests/support/models/ranks.h"

namespace hod::engine {
namespace {

constexpr int kSteps = 40;
const std::atomic<bool> kNoStop = false;

RunConfig ConfigOfTwo(int64_t window = 2048) {
  RunConfig config = RepeatableConfig();
  config.learner.learners = 2;
  config.learner.max_steps = kSteps;
  config.learner.window = window;
  config.selfplay.workers = 3;
  return config;
}

RunDirectory MakeRun(const std::string& path, const RunConfig& config, Part part = {}) {
  absl::StatusOr<RunDirectory> run = RunDirectory::CreateOrResume(path, config, part);
  INFO(run.status());
  REQUIRE(run.ok());
  return *std::move(run);
}

// Two shards of each of three workers; only those of the workers in `part`.
void Play(const RunDirectory& run, Part part = {}) {
  for (int i = 0; i < 6; ++i) {
    if (part.Has(i / 2)) WriteShard(run, {i / 2, i % 2}, i);
  }
}

// The two learners of a run, each in the directory of its rank.
std::vector<absl::Status> Learn(const RunDirectory& first, const RunDirectory& second,
                                const std::atomic<bool>& stop = kNoStop) {
  std::vector<absl::Status> statuses(2);
  models::OnRanks(2, [&](models::Collective& peers) {
    statuses[peers.rank()] = RunLearner(peers.rank() == 0 ? first : second, stop, &peers);
  });
  return statuses;
}

void LearnToEnd(const RunDirectory& first, const RunDirectory& second) {
  for (const absl::Status& status : Learn(first, second)) {
    INFO(status);
    REQUIRE(status.ok());
  }
}

models::Checkpoint Newest(const RunDirectory& run) {
  const auto latest = run.LatestCheckpoint();
  REQUIRE(latest.ok());
  REQUIRE(latest->has_value());
  auto checkpoint = models::LoadCheckpoint((*latest)->second);
  REQUIRE(checkpoint.ok());
  return *std::move(checkpoint);
}

void CheckSame(const models::TrainerState& a, const models::TrainerState& b) {
  CHECK(a.steps == b.steps);
  CHECK(a.network.parameters == b.network.parameters);
  CHECK(a.first_moment == b.first_moment);
  CHECK(a.second_moment == b.second_moment);
}

TEST_CASE("Learners that are stopped and resumed end where those that ran through end") {
  const int64_t window = GENERATE(2048, 200);
  const TempDir dir;
  const RunDirectory straight = MakeRun(dir.path() + "/straight", ConfigOfTwo(window));
  Play(straight);
  LearnToEnd(straight, straight);
  const models::Checkpoint expected = Newest(straight);
  CHECK(expected.state.steps == kSteps);

  const RunDirectory often = MakeRun(dir.path() + "/often", ConfigOfTwo(window));
  Play(often);
  for (int runs = 0; Newest(often).state.steps < kSteps; ++runs) {
    REQUIRE(runs < 100);
    std::atomic<bool> stop = false;
    std::thread stopper([&] {
      absl::SleepFor(absl::Milliseconds(60 + 20 * runs));
      stop = true;
    });
    const std::vector<absl::Status> statuses = Learn(often, often, stop);
    stopper.join();
    REQUIRE((statuses[0].ok() && statuses[1].ok()));
  }
  CheckSame(Newest(often).state, expected.state);

  const RunProgress progress = *RunProgress::FromJson(expected.run);
  CHECK(progress.timesteps == RunProgress::FromJson(Newest(often).run)->timesteps);
  CHECK(progress.replay.next == NextSequences{{0, 2}, {1, 2}, {2, 2}});
  const auto left = ListShards(straight.shards());
  REQUIRE(left.ok());
  // The newest of each worker stays, whatever fits into the windows.
  for (int worker : {0, 1, 2}) {
    CHECK(std::count(left->begin(), left->end(), ShardId{worker, 1}) == 1);
  }
  CHECK((left->size() < 6) == (window == 200));
  const auto lines = ReadJsonLines(straight.metrics() + "/learner.jsonl");
  REQUIRE(lines.ok());
  REQUIRE_FALSE(lines->empty());
  if (window == 2048) CHECK(NumberAt(lines->back(), "window") == progress.timesteps);
}

TEST_CASE(
    "In directories of their own learners do what they do in one, and all have its networks") {
  const TempDir dir;
  const RunDirectory shared = MakeRun(dir.path() + "/shared", ConfigOfTwo());
  Play(shared);
  LearnToEnd(shared, shared);
  const RunDirectory first = MakeRun(dir.path() + "/first", ConfigOfTwo(), {0, 2});
  const RunDirectory second = MakeRun(dir.path() + "/second", ConfigOfTwo(), {1, 2});
  Play(first, {0, 2});
  Play(second, {1, 2});
  LearnToEnd(first, second);
  CheckSame(Newest(first).state, Newest(shared).state);
  CheckSame(Newest(second).state, Newest(shared).state);
  CHECK(second.Checkpoints()->size() == 2);
  CHECK(ReadJsonLines(second.metrics() + "/learner.jsonl")->empty());

  // That of rank 0 is the one that is gone on with.
  std::filesystem::remove(first.CheckpointPath(kSteps));
  for (const absl::Status& status : Learn(first, second)) {
    CHECK_THAT(std::string(status.message()),
               Catch::Contains("learner 1 has a checkpoint of step 40") &&
                   Catch::Contains("learner 0, of step 0"));
  }
}

TEST_CASE("Learners of different settings, or too few, don't begin") {
  const TempDir dir;
  RunConfig config = ConfigOfTwo();
  const RunDirectory first = MakeRun(dir.path() + "/first", config);
  config.learner.batch_size = 16;
  const RunDirectory second = MakeRun(dir.path() + "/second", config);
  for (const absl::Status& status : Learn(first, second)) {
    CHECK_THAT(std::string(status.message()),
               Catch::Contains("learner 1 has other settings than learner 0") &&
                   Catch::Contains("learner.batch_size: 16 here, 8 there"));
  }
  CHECK_FALSE((*first.LatestCheckpoint()).has_value());
  CHECK_THAT(std::string(RunLearner(first, kNoStop).message()),
             Catch::Contains("learner.learners"));
}

TEST_CASE("Learners whose parameters have come apart are told so") {
  std::vector<absl::Status> statuses(3);
  models::OnRanks(3, [&](models::Collective& peers) {
    models::TrainerState state =
        models::InitialTrainerState(models::InitialNetwork(TinyConfig().network, Rng(1)));
    state.steps = 7;
    statuses[peers.rank()] = CheckSameState(peers, state);
    if (!statuses[peers.rank()].ok()) return;
    if (peers.rank() == 2) state.second_moment.back() += 1e-20f;
    statuses[peers.rank()] = CheckSameState(peers, state);
  });
  for (const absl::Status& status : statuses) {
    CHECK_THAT(std::string(status.message()),
               Catch::Contains("after step 7 learner 2 has other parameters than learner 0"));
  }
}

// Starts `hod train` with two learners and waits for the first step's metrics.
class TrainingOfTwo {
 public:
  explicit TrainingOfTwo(const std::vector<std::string>& settings)
      : out_(dir_.path() + "/run"), program_(Command(settings), dir_.path() + "/train.log") {}

  // Whether there is a checkpoint of a step, and how many lines of metrics.
  bool Learns() const {
    const auto run = RunDirectory::Open(out_);
    if (!run.ok()) return false;
    const auto latest = run->LatestCheckpoint();
    return latest.ok() && latest->has_value() && (*latest)->first > 0;
  }
  Program& program() { return program_; }
  RunDirectory run() const { return *RunDirectory::Open(out_); }

 private:
  std::vector<std::string> Command(const std::vector<std::string>& settings) const {
    std::vector<std::string> words = {"train", "--config", dir_.Write("tiny.toml", TinyToml()),
                                      "--out", out_};
    std::vector<std::string> all = {"learner.learners=2", "selfplay.workers=2"};
    all.insert(all.end(), settings.begin(), settings.end());
    for (const std::string& setting : all) words.insert(words.end(), {"--set", setting});
    return words;
  }

  const TempDir dir_;
  const std::string out_;
  Program program_;
};

bool HasGloo() {
  const bool has = (*models::LoadTorchLibrary())->join_collective != nullptr;
  if (!has) WARN("skipped: built without Gloo's headers");
  return has;
}

TEST_CASE("When a learner is lost or hangs, all start again from the newest checkpoint") {
  if (!HasGloo()) return;
  const int signal = GENERATE(SIGKILL, SIGSTOP);
  const int rank = GENERATE(0, 1);
  TrainingOfTwo training({"learner.max_steps=120", "learner.passes=0.5", "learner.peer_seconds=2"});
  Program& program = training.program();
  while (program.Running() && !training.Learns()) absl::SleepFor(absl::Milliseconds(10));
  REQUIRE(program.KillChild("learn", {"--rank", absl::StrCat(rank)}, signal));
  const int status = program.Wait();
  INFO(program.Output());
  REQUIRE(status == 0);
  CHECK_THAT(program.Output(),
             Catch::Contains("all 2 learners start again from the newest checkpoint"));
  const RunDirectory run = training.run();
  CHECK(Newest(run).state.steps == 120);
  // The other says whom it has lost.
  const std::string log =
      ReadFile(absl::StrCat(run.logs(), "/", LearnerRole(1 - rank), ".log")).value_or("");
  CHECK_THAT(log, Catch::Contains(absl::StrCat("lost learner ", rank)));
  CHECK_THAT(log, Catch::Contains("going on from"));
}

}  // namespace
}  // namespace hod::engine
