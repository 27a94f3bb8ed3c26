// Networks from files of every kind, which are read once.
#include "models/checkpoints/network_file.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "models/checkpoints/checkpoint.h"
#include "models/training/trainer_state.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/models/reference_samples.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kTiny = {.channels = 4, .blocks = 1};
constexpr char kRun[] = R"({"step": 12})";

// Opens the file, which must be opened once only.
absl::StatusOr<LoadedNetwork> OpenedOnce(const std::string& path) {
  const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  REQUIRE(watch >= 0);
  REQUIRE(inotify_add_watch(watch, path.c_str(), IN_OPEN) >= 0);
  absl::StatusOr<LoadedNetwork> network = OpenNetwork(path);
  alignas(inotify_event) char events[4096];
  CHECK(read(watch, events, sizeof(events)) == sizeof(inotify_event));  // One, of a file: no name.
  close(watch);
  return network;
}

absl::Status Evaluated(mcts::Evaluator& evaluator) {
  const ExampleSet set({5, 5, 5}, 1, 3);
  mcts::Position position = set.examples.front().position;
  position.valid_actions = set.examples.front().valid_actions;
  mcts::Evaluation evaluation;
  return evaluator.Evaluate({&position, 1}, {&evaluation, 1});
}

TEST_CASE("A file of any kind is opened by reading it once") {
  const TempDir directory;
  const std::string path = directory / "n.safetensors";

  const Network network = InitialNetwork(kTiny, Rng(2));
  REQUIRE(SaveNetwork(path, {network, kRun}).ok());
  auto loaded = OpenedOnce(path);
  INFO(loaded.status());
  REQUIRE(loaded.ok());
  CHECK_FALSE(loaded->of_the_reference());
  CHECK(std::get<Network>(loaded->network).parameters == network.parameters);
  CHECK(loaded->run == kRun);
  CHECK(loaded->path == path);

  TrainerState state = InitialTrainerState(network);
  state.average = std::vector<float>(network.parameters.size(), 0.5f);
  REQUIRE(SaveCheckpoint(path, {state, kRun}).ok());
  loaded = OpenedOnce(path);
  REQUIRE(loaded.ok());
  CHECK(std::get<Network>(loaded->network).parameters == state.average);  // It acts.
  CHECK(loaded->run == kRun);

  const ReferenceWeights weights = RandomWeights(SmallConvolutional(), 5);
  REQUIRE(SaveReference(path, weights).ok());
  loaded = OpenedOnce(path);
  REQUIRE(loaded.ok());
  CHECK(loaded->of_the_reference());
  CHECK(std::get<ReferenceWeights>(loaded->network).tensors == weights.tensors);
  CHECK(loaded->run.empty());
  CHECK_THAT(std::string(OpenHodNetwork(path).status().message()),
             Catch::StartsWith(path + ": ") && Catch::Contains("\"hod-reference-1\""));
}

TEST_CASE("What is no network is refused by name") {
  const TempDir directory;
  const std::string path = directory / "n.safetensors";
  const auto error = [&] { return std::string(OpenNetwork(path).status().message()); };
  CHECK_THAT(error(), Catch::StartsWith(path));
  std::ofstream(path) << "text";
  CHECK_THAT(error(), Catch::StartsWith(path + ": "));
  REQUIRE(WriteSafeTensors(path, {{}, {{"format", "hod-checkpoint-1"}}}).ok());
  CHECK_THAT(error(), Catch::StartsWith(path + ": ") && Catch::Contains("\"hod-checkpoint-1\""));
}

TEST_CASE("Predictions that are not finite are errors that name the network's file") {
  const TempDir directory;
  const std::string path = directory / "n.safetensors";
  Network network = InitialNetwork(kTiny, Rng(1));
  REQUIRE(SaveNetwork(path, {network, kRun}).ok());
  CHECK(Evaluated(**MakeEvaluator(*OpenNetwork(path), {})).ok());
  for (float& value : network.parameters) value = 3e38f;
  REQUIRE(SaveNetwork(path, {network, kRun}).ok());
  CHECK(std::string(Evaluated(**MakeEvaluator(*OpenNetwork(path), {})).message()) ==
        path + ": the network's prediction is not finite");

  ReferenceWeights weights = RandomWeights(SmallConvolutional(), 1);
  for (float& value : weights.tensors["policy.output.weight"]) value = 3e38f;
  REQUIRE(SaveReference(path, weights).ok());
  CHECK_THAT(std::string(Evaluated(**MakeEvaluator(*OpenNetwork(path), {})).message()),
             Catch::StartsWith(path + ": ") && Catch::Contains("not finite"));
}

}  // namespace
}  // namespace hod::models
