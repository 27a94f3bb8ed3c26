// Learners that share a run: what they make together, and what becomes of it when one is lost.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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
  absl::StatusOr<RunDirectory> run =
      RunDirectory::CreateOrResume(path, config, kNeverStopped, part);
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
  for (int runs = 0; runs == 0 || Newest(often).state.steps < kSteps; ++runs) {
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
  models::TrainerState initial =
      models::InitialTrainerState(models::InitialNetwork(TinyConfig().network, Rng(1)));
  initial.steps = 7;
  std::vector<absl::Status> statuses(3);
  models::OnRanks(3, [&](models::Collective& peers) {
    models::TrainerState state = initial;
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

TEST_CASE("Learners share recorded play, and learn from each timestep so often") {
  const TempDir dir;
  const RunDirectory played = MakeRun(dir.path() + "/played", ConfigOfTwo());
  Play(played);
  RunConfig config = ConfigOfTwo();
  config.learner.samples = played.shards();
  config.learner.passes = 2;
  config.learner.max_steps = 1000;
  const RunDirectory run = MakeRun(dir.path() + "/run", config);
  LearnToEnd(run, run);
  const models::Checkpoint newest = Newest(run);
  const int64_t timesteps = RunProgress::FromJson(newest.run)->timesteps;
  CHECK(timesteps > 6 * 16);
  CHECK(newest.state.steps == (2 * timesteps + 15) / 16);  // Two batches of 8 a step.
  CHECK(ListShards(played.shards())->size() == 6);
}

// `hod train` with two learners, in a folder of its own.
class TrainingOfTwo {
 public:
  explicit TrainingOfTwo(const std::string& settings) : settings_(settings) {}

  std::vector<std::string> Command(const std::string& more = "") const {
    std::vector<std::string> words = {"train", "--config", dir_.Write("tiny.toml", TinyToml()),
                                      "--out", out()};
    for (const std::string& text :
         {std::string("learner.learners=2 selfplay.workers=2 learner.passes=0.5"), settings_,
          more}) {
      for (const auto setting : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
        words.insert(words.end(), {"--set", std::string(setting)});
      }
    }
    return words;
  }
  std::string out() const { return dir_.path() + "/run"; }
  std::string log() const { return dir_.path() + "/train.log"; }
  RunDirectory run() const { return *RunDirectory::Open(out()); }
  bool HasLearnt() const {
    const auto run = RunDirectory::Open(out());
    return run.ok() && run->LatestCheckpoint()->value_or(std::pair(0, "")).first > 0;
  }
  std::string LogOf(int rank) const {
    return ReadFile(absl::StrCat(run().logs(), "/", LearnerRole(rank), ".log")).value_or("");
  }

 private:
  const TempDir dir_;
  const std::string settings_;
};

bool HasGloo() {
  const bool has = (*models::LoadTorchLibrary())->join_collective != nullptr;
  if (!has) WARN("skipped: built without Gloo's headers");
  return has;
}

void LoseLearner(const TrainingOfTwo& training, int rank, int signal) {
  Program program(training.Command(), training.log());
  while (program.Running() && !training.HasLearnt()) absl::SleepFor(absl::Milliseconds(10));
  REQUIRE(program.KillChild("learn", {"--rank", absl::StrCat(rank)}, signal));
  const int status = program.Wait();
  INFO(program.Output());
  REQUIRE(status == 0);
  CHECK_THAT(program.Output(),
             Catch::Contains("all 2 learners start again from the newest checkpoint"));
  // The other learner says whom it has lost, unless the process that started both saw it first.
  const std::string log = training.LogOf(1 - rank);
  CHECK_THAT(program.Output() + log,
             Catch::Contains(absl::StrCat("no answer from learner ", rank)) ||
                 Catch::Contains(absl::StrCat("learner ", rank, ": hod learn failed (signal")));
  CHECK_THAT(log, Catch::Contains("going on from"));
}

TEST_CASE("When one of the learners is killed, all go on from the newest checkpoint") {
  if (!HasGloo()) return;
  const TrainingOfTwo training("learner.max_steps=60");
  LoseLearner(training, 1, SIGKILL);
  CHECK(Newest(training.run()).state.steps == 60);
}

TEST_CASE("So they do without the first, and later with more steps, but not fewer learners") {
  if (!HasGloo()) return;
  const TrainingOfTwo training("learner.max_steps=60");
  LoseLearner(training, 0, SIGKILL);
  CHECK(Newest(training.run()).state.steps == 60);
  const Ended longer = RunProgram(training.Command("learner.max_steps=70"), training.log());
  INFO(longer.output);
  CHECK(longer.status == 0);
  CHECK(Newest(training.run()).state.steps == 70);
  const Ended other = RunProgram(training.Command("learner.learners=1"), training.log());
  CHECK(other.status == 1);
  CHECK_THAT(other.output, Catch::Contains("learner.learners: 1 here, 2 there"));
}

TEST_CASE("A learner that hangs counts as lost when the others have waited long enough") {
  if (!HasGloo()) return;
  const TrainingOfTwo training("learner.max_steps=60 learner.peer_seconds=2");
  LoseLearner(training, 1, SIGSTOP);
  CHECK(Newest(training.run()).state.steps == 60);
}

TEST_CASE("A learner that cannot be one of several says why") {
  if (!HasGloo()) return;
  const TempDir dir;
  RunConfig config = ConfigOfTwo();
  config.learner.peer_seconds = 1;
  const RunDirectory run = MakeRun(dir.path() + "/run", config);
  const auto learn = [&](const std::vector<std::string>& options) {
    std::vector<std::string> words = {"learn", "--run", run.path()};
    words.insert(words.end(), options.begin(), options.end());
    const Ended ended = RunProgram(words, dir.path() + "/log");
    CHECK(ended.status != 0);
    return ended.output;
  };
  CHECK_THAT(learn({"--rank", "2", "--meet", "127.0.0.1:1"}),
             Catch::Contains("--rank: 2, expected 0 to 1"));
  CHECK_THAT(learn({"--rank", "1", "--meet", "127.0.0.1:x"}),
             Catch::Contains("--meet: \"127.0.0.1:x\", expected HOST:PORT"));
  CHECK_THAT(learn({"--rank", "1"}), Catch::Contains("--meet"));
  CHECK_THAT(learn({"--rank", "1", "--meet", "127.0.0.1:1"}),
             Catch::Contains("has not met the others at 127.0.0.1:1 within 1s"));
  CHECK_THAT(learn({}), Catch::Contains("learner.learners is 2"));
}

}  // namespace
}  // namespace hod::engine
