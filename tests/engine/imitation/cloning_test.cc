// Behaviour cloning and its cross-validation.
#include "engine/imitation/cloning.h"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "engine/imitation/cross_validation.h"
#include "engine/play/player_spec.h"
#include "env/base/files.h"
#include "models/checkpoints/checkpoint.h"
#include "models/checkpoints/network_file.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/small_people.h"

namespace hod::engine {
namespace {

const std::atomic<bool> kGoOn = false;
void Ignore(int) {}

CloningConfig TinyConfig() {
  CloningConfig config;
  config.channels = 8;
  config.blocks = 1;
  config.epochs = 2;
  config.batch = 4;
  return config;
}

TEST_CASE("Descriptions of clones are read strictly") {
  const TempDir dir;
  const auto config = LoadCloningConfig(dir.Write("a.toml", "channels = 24\ndropout = 0.5\n"));
  INFO(config.status());
  REQUIRE(config.ok());
  CHECK(config->channels == 24);
  CHECK(config->dropout == 0.5);
  CHECK(config->network().goal_visible);
  const std::pair<const char*, const char*> refused[] = {
      {"chanels = 3\n", "chanels: no such setting"},
      {"batch = 0\n", "batch: expected an integer from 1"},
      {"dropout = 1.5\n", "dropout: expected a number from 0"},
      {"mirror = 1\n", "mirror: expected true or false"},
      {"epochs = \n", "line 1"}};
  for (const auto& [text, what] : refused) {
    const auto error = LoadCloningConfig(dir.Write("b.toml", text)).status();
    CHECK_THAT(std::string(error.message()), Catch::Contains("b.toml: ") && Catch::Contains(what));
  }
  for (const char* shipped : {"people", "simulated"}) {
    const auto read = LoadCloningConfig(SourceDir() + "/configs/clones/" + shipped + ".toml");
    INFO(read.status());
    CHECK(read.ok());
  }
}

TEST_CASE("A clone learns a handful of decisions by heart") {
  const std::vector<PersonEpisode> people = SmallPeople();
  std::vector<DecisionRef> few = DecisionsWithout(people, Split::kAlone, std::nullopt);
  // Those who wait see the same as when they no longer do.
  std::erase_if(
      few, [](const DecisionRef& ref) { return ref.episode->decisions[ref.decision].action == 0; });
  few.resize(8);
  CloningConfig config = TinyConfig();
  config.channels = 16;
  config.epochs = 150;
  config.batch = 8;
  config.learning_rate = 1e-2;
  config.mirror = config.permute_blocks = false;
  const auto clone =
      TrainClone(config, *InitialClone(config), few, Protocol::kCausal, Ignore, kGoOn);
  INFO(clone.status());
  REQUIRE(clone.ok());
  CHECK(clone->losses.size() == 150);
  CHECK(clone->losses.front() > 2);
  CHECK(clone->losses.back() < 0.1);
}

TEST_CASE("A clone follows from its description and the decisions alone") {
  const std::vector<PersonEpisode> people = SmallPeople();
  const auto decisions = DecisionsWithout(people, Split::kCombined, 4);
  CloningConfig config = TinyConfig();
  config.dropout = 0.3;
  config.ema_decay = 0.9;
  const auto train = [&] {
    auto clone =
        TrainClone(config, *InitialClone(config), decisions, Protocol::kPaper, Ignore, kGoOn);
    REQUIRE(clone.ok());
    return clone->network.parameters;
  };
  const std::vector<float> first = train();
  CHECK(train() == first);
  config.seed = 2;
  CHECK(train() != first);
}

TEST_CASE("Examples hold the human's action among what it can do, whatever the symmetry") {
  const std::vector<PersonEpisode> people = SmallPeople();
  Rng rng(1);
  for (const DecisionRef& ref : DecisionsWithout(people, Split::kCombined, std::nullopt)) {
    for (const Protocol protocol : kProtocols) {
      SymmetryParts parts = RandomMirroring(ref.episode->timeline.game.config(), rng);
      parts.blocks = RandomBlockPermutation(rng);
      Batch batch;
      AddExample(ref, protocol, parts, batch);
      const models::Example& example = batch.examples.front();
      CHECK(example.position.player == ref.episode->timeline.human);
      REQUIRE(example.search_policy.size() == 1);
      CHECK(std::binary_search(example.valid_actions.begin(), example.valid_actions.end(),
                               example.search_policy.front().first));
      CHECK(example.human_policy.empty());
      CHECK(example.position.state->num_matches ==
            ref.episode->Observation(ref.decision, protocol).num_matches);
    }
  }
}

TEST_CASE("Folds hold out everybody once, and one learns from all") {
  const std::vector<PersonEpisode> people = SmallPeople();
  const std::vector<Fold> folds =
      FoldsOf(people, {Split::kAlone, Split::kCombined}, {Protocol::kPaper, Protocol::kCausal});
  std::vector<std::string> names;
  for (const Fold& fold : folds) names.push_back(NameOf(fold));
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{
                     "causal/alone-all", "causal/alone-without-3", "causal/alone-without-4",
                     "causal/alone-without-7", "causal/combined-all", "causal/combined-without-3",
                     "causal/combined-without-4", "causal/combined-without-7", "paper/alone-all",
                     "paper/alone-without-3", "paper/alone-without-4", "paper/alone-without-7",
                     "paper/combined-all", "paper/combined-without-3", "paper/combined-without-4",
                     "paper/combined-without-7"});
}

TEST_CASE("A cross-validation that was stopped goes on, and finished folds are reused") {
  const TempDir dir;
  const std::vector<PersonEpisode> people = SmallPeople();
  const std::vector<Fold> folds = FoldsOf(people, {Split::kAlone}, {Protocol::kCausal});
  REQUIRE(folds.size() == 4);
  CloningConfig config = TinyConfig();
  const auto run = [&](const std::vector<Fold>& some, int threads) {
    auto results = CrossValidate(config, people, some, dir.path(), threads, kGoOn);
    INFO(results.status());
    REQUIRE(results.ok());
    REQUIRE(results->size() == some.size());
    return *std::move(results);
  };
  const std::atomic<bool> stop = true;
  const auto stopped = CrossValidate(config, people, folds, dir.path(), 1, stop);
  CHECK(absl::IsCancelled(stopped.status()));
  const std::vector<FoldResult> first = run({folds[1]}, 1);
  const std::string path = dir.path() + "/" + NameOf(folds[1]) + ".json";
  // Made to look different, so that it is seen to be read.
  auto file = nlohmann::json::parse(*ReadFile(path));
  file["result"]["training_seconds"] = 12345;
  dir.Write(NameOf(folds[1]) + ".json", file.dump());
  const std::vector<FoldResult> all = run(folds, 2);
  CHECK(all[1].training_seconds == 12345);
  CHECK(all[1].losses == first[0].losses);
  CHECK(ToJson(all[1].scores) == ToJson(first[0].scores));

  for (const FoldResult& result : all) {
    const std::string network = dir.path() + "/" + NameOf(result.fold) + ".safetensors";
    const auto loaded = models::OpenHodNetwork(network);
    INFO(loaded.status());
    REQUIRE(loaded.ok());
    CHECK(std::get<models::Network>(loaded->network).config == config.network());
    if (!result.fold.held_out) {
      CHECK(result.scores.empty());
      continue;
    }
    REQUIRE(result.scores.size() == 1);
    CHECK(result.scores.front().participant == *result.fold.held_out);
    // Anybody who scores the network finds the same.
    std::vector<const PersonEpisode*> theirs;
    for (const PersonEpisode* episode : EpisodesOf(people, Split::kAlone)) {
      if (episode->timeline.participant == *result.fold.held_out) theirs.push_back(episode);
    }
    const auto again = ScoreModel(
        theirs, {}, [&](int) { return MakePlayerFactory(network); }, Ignore, kGoOn);
    INFO(again.status());
    REQUIRE(again.ok());
    CHECK(ToJson(*again) == ToJson(result.scores));
  }
  CHECK_THAT(FormatCrossValidation(all), Catch::Contains("| causal | alone | "));

  // A result that is damaged is made anew.
  file["result"].erase("losses");
  dir.Write(NameOf(folds[1]) + ".json", file.dump());
  CHECK(run({folds[1]}, 1)[0].losses == first[0].losses);

  // Other settings: trained anew.
  config.learning_rate = 1e-2;
  CHECK(run({folds[1]}, 1)[0].training_seconds != 12345);
  // A network that is gone, too.
  std::filesystem::remove(dir.path() + "/" + NameOf(folds[1]) + ".safetensors");
  run({folds[1]}, 1);
  CHECK(std::filesystem::exists(dir.path() + "/" + NameOf(folds[1]) + ".safetensors"));
}

TEST_CASE("Cloning begins from the network that it is given, if that is of its kind") {
  const TempDir dir;
  const std::vector<PersonEpisode> people = SmallPeople();
  CloningConfig config = TinyConfig();
  models::Network known = models::InitialNetwork(config.network(), Rng(99));
  config.initial = dir.path() + "/known.safetensors";
  const auto save = [&] { REQUIRE(models::SaveNetwork(config.initial, {known, "{}"}).ok()); };
  save();
  const auto initial = InitialClone(config);
  INFO(initial.status());
  REQUIRE(initial.ok());
  CHECK(initial->parameters == known.parameters);

  // A network of the same name that has become another is not the same beginning.
  const std::vector<Fold> folds = {{Split::kAlone, Protocol::kCausal, std::nullopt}};
  const auto losses = [&] {
    auto results = CrossValidate(config, people, folds, dir.path(), 1, kGoOn);
    INFO(results.status());
    REQUIRE(results.ok());
    return results->front().losses;
  };
  const std::vector<double> first = losses();
  known = models::InitialNetwork(config.network(), Rng(100));
  save();
  CHECK(losses() != first);

  known = models::InitialNetwork({.channels = 8, .blocks = 1}, Rng(1));  // Blind to the goal.
  save();
  const absl::Status refused = CrossValidate(config, people, folds, dir.path(), 1, kGoOn).status();
  CHECK_THAT(std::string(refused.message()),
             Catch::Contains("known.safetensors: expected a network of 8x1 factorised"));
}

TEST_CASE("A batch that is larger than a fold is refused") {
  const TempDir dir;
  const std::vector<PersonEpisode> people = SmallPeople();
  CloningConfig config = TinyConfig();
  config.batch = 1000;
  const auto refused = CrossValidate(
      config, people, FoldsOf(people, {Split::kAlone}, {Protocol::kCausal}), dir.path(), 1, kGoOn);
  CHECK_THAT(std::string(refused.status().message()), Catch::Contains("batch is 1000"));
}

}  // namespace
}  // namespace hod::engine
