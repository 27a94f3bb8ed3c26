// Studies of networks: read strictly, fair in data, reused, shown.
#include "engine/studies/network_study.h"

#include <atomic>
#include <set>
#include <utility>

#include "engine/samples/shard_directory.h"
#include "engine/studies/network_study_report.h"
#include "engine/training/fragment_recorder.h"
#include "env/base/files.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

constexpr char kStudy[] = R"(
baseline = "recurrent"
sequence_length = 4
train_sequences = 6
test_sequences = 6
held_out_share = 0.5
warm_up = 2
batch_sequences = 2
epochs = 2
speed_batch = 2
speed_rounds = 1
[[network]]
name = "recurrent"
kind = "reference"
channels = 8
kernel = 3
[[network]]
name = "ours"
kind = "hod"
channels = 8
blocks = 1
[[network]]
name = "dense"
kind = "hod"
channels = 8
blocks = 1
block = "dense"
)";

NetworkStudy Load(const TempDir& dir, const std::string& text) {
  absl::StatusOr<NetworkStudy> study = LoadNetworkStudy(dir.Write("study.toml", text));
  INFO(study.status());
  REQUIRE(study.ok());
  return *std::move(study);
}

// A shard of each worker's; `metadata` as given.
void WriteShard(const std::string& directory, int worker, const nlohmann::json& metadata) {
  REQUIRE(MakeDirectories(directory).ok());
  auto writer =
      ShardWriter::Create(directory + "/" + ShardName({worker, 0}), TinyConfig().game, metadata);
  REQUIRE(writer.ok());
  for (uint64_t i = 0; i < 8; ++i) {
    const uint64_t seed = 100 * worker + i;
    auto episode = TinyEpisode(TinySetup(seed));
    Fragment origin;
    origin.episode = seed;
    FragmentRecorder recorder(episode.get(), origin, {.length = 16},
                              [&](Fragment fragment) { return (*writer)->Append(fragment); });
    episode->AddObserver(&recorder);
    PlayToEnd(*episode);
  }
  REQUIRE((*writer)->Finish().ok());
}

std::set<std::string> Episodes(const std::vector<PlaySequence>& sequences) {
  std::set<std::string> episodes;
  for (const PlaySequence& sequence : sequences) episodes.insert(sequence.episode);
  return episodes;
}

TEST_CASE("The studies of networks that are shipped are read") {
  for (const auto& [file, baseline] :
       {std::pair("network_study.toml", "paper"), std::pair("block_study.toml", "32x4")}) {
    const auto study = LoadNetworkStudy(SourceDir() + "/configs/" + file);
    INFO(study.status());
    REQUIRE(study.ok());
    CHECK(study->baseline == baseline);
  }
}

TEST_CASE("A study of networks that cannot be run is refused by file and key") {
  const TempDir dir;
  const auto refused = [&](const std::string& from, const std::string& to, const char* why) {
    std::string text = kStudy;
    text.replace(text.find(from), from.size(), to);
    const absl::Status status = LoadNetworkStudy(dir.Write("study.toml", text)).status();
    INFO(status);
    CHECK_THAT(std::string(status.message()), Catch::Contains("study.toml"));
    CHECK_THAT(std::string(status.message()), Catch::Contains(why));
  };
  refused("\"recurrent\"", "\"other\"", "baseline");
  refused("epochs = 2", "epochs = 0", "epochs");
  refused("epochs = 2", "epoch = 2", "epoch: no such setting");
  refused("epochs = 2", "epochs = \"two\"", "epochs");
  refused("warm_up = 2", "warm_up = 4", "warm_up");
  refused("kind = \"hod\"", "kind = \"other\"", "network 1: kind");
  refused("blocks = 1", "kernel = 3", "network 1: kernel");
  refused("kernel = 3", "kernel = 2", "network 0: kernel");
  refused("kernel = 3", "block = \"dense\"",
          "network 0: block: not of a network of kind reference");
  refused("block = \"dense\"", "block = \"thick\"", "network 2: block");
  refused("name = \"ours\"", "", "network 1: name");
  refused("sequence_length = 4", "sequence_length = = 4", "line 3");
}

TEST_CASE("What is held out is of other episodes, and of other people") {
  const TempDir dir;
  WriteShard(dir.path() + "/played", 1, {{"checkpoint_step", 0}});
  DataOptions options = {.sequence_length = 4, .train_sequences = 10, .test_sequences = 10};
  options.held_out_share = 0.5;
  const auto played = LoadPlay("played", dir.path() + "/played", options);
  INFO(played.status());
  REQUIRE(played.ok());
  REQUIRE(played->train.size() == 10);
  REQUIRE(played->test.size() == 10);
  const std::set<std::string> learnt = Episodes(played->train);
  for (const std::string& episode : Episodes(played->test)) CHECK(learnt.count(episode) == 0);

  WriteShard(dir.path() + "/people", 3, {{"participant", 3}});
  WriteShard(dir.path() + "/people", 4, {{"participant", 4}});
  options.held_out_participants = {4};
  const auto people = LoadPlay("people", dir.path() + "/people", options);
  REQUIRE(people.ok());
  for (const PlaySequence& sequence : people->train) {
    CHECK(sequence.shard->metadata["participant"] == 3);
  }
  for (const PlaySequence& sequence : people->test) {
    CHECK(sequence.shard->metadata["participant"] == 4);
  }
  options.test_sequences = 100000;
  CHECK_THAT(std::string(LoadPlay("people", dir.path() + "/people", options).status().message()),
             Catch::Contains("expected at least 100000"));
}

TEST_CASE("A study trains, judges, measures, and reuses what it has") {
  const TempDir dir;
  const NetworkStudy study = Load(dir, kStudy);
  WriteShard(dir.path() + "/played", 1, {{"checkpoint_step", 0}});
  std::vector<PlaySource> sources;
  sources.push_back(*LoadPlay("played", dir.path() + "/played", study.data));
  const std::string out = dir.path() + "/out";
  std::atomic<bool> stop = false;
  const auto results = RunNetworkStudy(study, sources, out, stop);
  INFO(results.status());
  REQUIRE(results.ok());
  REQUIRE(results->size() == 3);
  for (const StudiedResult& result : *results) {
    CHECK(result.training_losses.size() == 6);  // Two passes over three batches.
    CHECK(result.errors.at("played").size() == Episodes(sources[0].test).size());
    CHECK(EvaluationsPerSecond(result) > 0);
    for (const ErrorKind& kind : kErrorKinds) CHECK(MeanError(result, "played", kind).mean > 0);
  }
  const Estimate none = ErrorDifference((*results)[1], (*results)[1], "played", kErrorKinds[0]);
  CHECK(none.mean == 0);
  CHECK(none.high == 0);
  const std::string table = FormatNetworkStudy(study, *results);
  for (const char* part :
       {"| recurrent |", "| ours |", "goal cross entropy", "held-out", "Speed: "}) {
    CHECK_THAT(table, Catch::Contains(part));
  }
  CHECK(NetworkStudyJson(study, *results)["networks"].size() == 3);
  CHECK(DrawNetworkStudy(*results).height() > 0);

  // Again: the same figures without training; another setting trains anew.
  const auto again = RunNetworkStudy(study, sources, out, stop);
  REQUIRE(again.ok());
  CHECK((*again)[0].training_seconds == (*results)[0].training_seconds);
  CHECK((*again)[0].training_losses == (*results)[0].training_losses);
  NetworkStudy longer = study;
  longer.epochs = 3;
  CHECK((*RunNetworkStudy(longer, sources, out, stop))[1].training_losses.size() == 9);
  stop = true;
  longer.epochs = 4;
  CHECK(RunNetworkStudy(longer, sources, out, stop).status().code() ==
        absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace hod::engine
