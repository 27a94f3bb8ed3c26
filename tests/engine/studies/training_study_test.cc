// Studies of trainings: read strictly, refused before the first training, shown.
#include "engine/studies/training_study.h"

#include <filesystem>

#include "engine/config/run_config.h"
#include "env/base/files.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

constexpr char kStudy[] = R"(
config = "RUN"
set = ["learner.max_steps=4"]
seeds = [1, 5]
[[curve]]
name = "rates"
along = "learner.learning_rate"
values = [1e-3, 0.01]
[[curve]]
name = "large"
set = ["network.channels=16"]
[[houses]]
name = "some houses"
goals = "generated"
episodes = 2
[[houses]]
name = "others"
goals = "generated"
play = true
)";

class Files {
 public:
  Files() { run_ = dir_.Write("tiny.toml", TinyToml()); }

  std::string out() const { return dir_.path() + "/out"; }
  absl::StatusOr<TrainingStudy> Load(const std::string& from = "", const std::string& to = "") {
    std::string text = kStudy;
    text.replace(text.find("RUN"), 3, run_);
    if (!from.empty()) {
      REQUIRE(Contains(text, from));
      text.replace(text.find(from), from.size(), to);
    }
    return LoadTrainingStudy(dir_.Write("study.toml", text));
  }

 private:
  TempDir dir_;
  std::string run_;
};

TEST_CASE("The study of trainings that is shipped is read, and its runs are") {
  const auto study = LoadTrainingStudy(SourceDir() + "/configs/training_study.toml");
  INFO(study.status());
  REQUIRE(study.ok());
  for (const StudiedCurve& curve : study->curves) {
    std::vector<std::string> overrides = study->overrides;
    overrides.insert(overrides.end(), curve.overrides.begin(), curve.overrides.end());
    const auto config = LoadRunConfig(SourceDir() + "/" + study->config, overrides);
    INFO(config.status());
    CHECK(config.ok());
  }
}

TEST_CASE("A study of trainings that cannot be run is refused by file and key") {
  Files files;
  const auto refused = [&](const std::string& from, const std::string& to, const char* why) {
    const absl::Status status = files.Load(from, to).status();
    INFO(status);
    CHECK_THAT(std::string(status.message()),
               Catch::Contains("study.toml") && Catch::Contains(why));
  };
  refused("seeds = [1, 5]", "seeds = []", "seeds: expected at least one");
  refused("seeds = [1, 5]", "seeds = [5, 5]", "seeds: 5 is there twice");
  refused("along = \"learner.learning_rate\"", "", "along: expected the key that values are of");
  refused("values = [1e-3, 0.01]", "", "values: expected those of the setting along");
  refused("values = [1e-3, 0.01]", "values = [\"much\"]", "values");
  refused("name = \"large\"", "name = \"rates\"", "curve: two are called \"rates\"");
  refused("name = \"others\"", "name = \"some-houses\"", "houses: two are called");
  refused("play = true", "play = 1", "play");
  refused("config = ", "konfig = ", "konfig");
}

TEST_CASE("What a training refuses is refused before the first, by its curve and key") {
  Files files;
  const std::atomic<bool> stop = false;
  const auto refused = [&](const std::string& from, const std::string& to, const char* why) {
    const auto study = files.Load(from, to);
    INFO(study.status());
    REQUIRE(study.ok());
    const absl::Status status = RunTrainingStudy(*study, files.out(), stop).status();
    INFO(status);
    CHECK_THAT(std::string(status.message()), Catch::Contains(why));
    CHECK_FALSE(std::filesystem::exists(files.out()));
  };
  refused("network.channels=16", "network.channels=0", "large: --set network.channels=0");
  refused("network.channels=16", "network.canals=1", "network.canals");
  refused("network.channels=16", "game.world_size=[7, 6, 6]",
          "large: game.world_size: expected that of rates");
  refused("learner.learning_rate", "learner.batch_size", "rates: --set learner.batch_size=0.001");
  refused("learner.max_steps=4", "learner.max_steps=none", "learner.max_steps");
}

// Figures that can be told apart.
StudiedTraining Trained(const std::string& curve, std::optional<double> value, int seed,
                        double found) {
  StudiedTraining training = {.curve = curve,
                              .value = value,
                              .seed = seed,
                              .steps = 4,
                              .positions = 32,
                              .seconds = 90,
                              .judged = {}};
  for (int h = 0; h < 2; ++h) {
    StudiedTraining::Judged& judged = training.judged.emplace_back();
    judged.belief.cross_entropy = {0.5, 0.4, 0.6};
    judged.belief.found[0] = {found, found - 0.1, found + 0.1};
  }
  EvaluationReport& play = training.judged[1].play.emplace();
  play.human_actions_saved = {12, 10, 14};
  for (const char* key : {"assistant_wrong", "goal_percent", "human_actions"}) {
    play.comparisons.emplace_back().key = key;
    play.comparisons.back().assisted = {3, 2, 4};
  }
  return training;
}

TEST_CASE("Trainings have a row each, and one for all seeds: mean, lowest and highest") {
  Files files;
  const auto study = files.Load();
  INFO(study.status());
  REQUIRE(study.ok());
  const std::vector<StudiedTraining> trainings = {
      Trained("rates", 1e-3, 1, 0.2),         Trained("rates", 1e-3, 5, 0.3),
      Trained("rates", 1e-2, 1, 0.4),         Trained("rates", 1e-2, 5, 0.4),
      Trained("large", std::nullopt, 1, 0.5), Trained("large", std::nullopt, 5, 0.5)};
  const std::string table = FormatTrainingStudy(*study, trainings);
  INFO(table);
  CHECK(Contains(table, "## some houses\n"));
  CHECK(Contains(table,
                 "| rates, learner.learning_rate = 0.001 | 5 | 4 | 32 | 1.5 | 0.5 [0.4, 0.6] |"));
  CHECK(Contains(table,
                 "| rates, learner.learning_rate = 0.001 | all | 4 | 32 | 1.5 | 0.5 [0.5, 0.5] | "
                 "0 [0, 0] | 25.0 [20.0, 30.0] |"));
  CHECK(Contains(table, "| large | 1 |"));
  // Only where the assistant plays is there something saved.
  const size_t others = table.find("## others");
  CHECK(table.substr(0, others).find("saved") == std::string::npos);
  CHECK(Contains(table.substr(others), "| 12.0 [10.0, 14.0] | 3.0 [2.0, 4.0] |"));

  const nlohmann::json json = TrainingStudyJson(*study, trainings);
  REQUIRE(json["trainings"].size() == 6);
  CHECK(json["trainings"][2]["learner.learning_rate"] == 1e-2);
  CHECK(json["trainings"][4]["set"][0] == "network.channels=16");
  CHECK(json["trainings"][4]["judged"][1]["assistant_wrong"]["mean"] == 3);
  CHECK_FALSE(json["trainings"][4]["judged"][0].contains("saved_percent"));
  // Reliability and two figures along the rate, on two kinds of houses.
  const env::Canvas picture = DrawTrainingStudy(*study, trainings);
  CHECK(picture.width() == 3 * 760);
  CHECK(picture.height() == 2 * 460);
}

}  // namespace
}  // namespace hod::engine
