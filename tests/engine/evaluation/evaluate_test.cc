// Evaluations: fair without an assistant, the same on any number of threads, stored and shown.
#include "engine/evaluation/evaluate.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <vector>

#include "engine/report/report.h"
#include "env/houses/sources/source.h"
#include "env/traces/trace_verifier.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

EvaluationReport Evaluated(const EvaluationSetup& setup) {
  const absl::StatusOr<EvaluationReport> report = Evaluate(setup);
  INFO(report.status());
  REQUIRE(report.ok());
  return *report;
}

std::string Error(const EvaluationSetup& setup) {
  const absl::StatusOr<EvaluationReport> report = Evaluate(setup);
  return report.ok() ? "accepted" : std::string(report.status().message());
}

// Without what depends on the clock and the machine.
nlohmann::json Figures(const EvaluationReport& report) {
  const nlohmann::json json = ToJson(report);
  return {json["figures"], json["human_actions_saved_percent"],
          json["saved_at_equal_progress_percent"], json["houses"]};
}

// The same of the player that `assistant` names.
std::string Error(EvaluationSetup setup, const std::string& assistant) {
  const absl::StatusOr<Assistant> opened = OpenAssistant(assistant);
  if (!opened.ok()) return std::string(opened.status().message());
  setup.assistant = *opened;
  return Error(setup);
}

// The path of an untrained network.
std::string Untrained(const TempDir& dir) {
  std::string path = dir.path() + "/untrained.safetensors";
  const models::Network network = models::InitialNetwork(TinyConfig().network, Rng(1));
  REQUIRE(models::SaveNetwork(path, {network, "{}"}).ok());
  return path;
}

TEST_CASE("An assistant that does nothing makes no difference") {
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.config.evaluation.episodes = 6;
  const EvaluationReport report = Evaluated(setup);
  REQUIRE(report.houses.size() == 6);
  for (const PairedFigures& house : report.houses) {
    CHECK(ToJson(house.alone) == ToJson(house.assisted));
    CHECK(house.alone.human_actions > 0);
    CHECK(house.alone.assistant_actions == 0);
  }
  CHECK_FALSE(report.comparisons.empty());
  for (const FigureComparison& comparison : report.comparisons) {
    CHECK(comparison.alone.mean == comparison.assisted.mean);
    CHECK(comparison.difference.low == 0);
    CHECK(comparison.difference.high == 0);
  }
  CHECK(report.human_actions_saved.low == 0);
  CHECK(report.human_actions_saved.high == 0);
  CHECK(report.saved_at_equal_progress.low == 0);
  CHECK(report.saved_at_equal_progress.high == 0);
}

TEST_CASE("Assistants are compared in all, and until the goal stands as far as with both") {
  EvaluationReport report, other;
  const auto house = [](int actions, std::vector<double> to_percent) {
    PairedFigures figures;
    figures.assisted.human_actions = actions;
    figures.assisted.human_actions_to_percent = std::move(to_percent);
    return figures;
  };
  // The first house gets to two percent with both, the second to one.
  report.houses = {house(30, {0, 4, 10, 20}), house(10, {0, 5})};
  other.houses = {house(20, {0, 8, 15}), house(20, {0, 5, 6})};
  CHECK(FewerActions(report, other).mean == Approx(0));
  CHECK(FewerActionsAtEqualProgress(report, other).mean == Approx(100 * (1 - 15.0 / 20)));
  CHECK(FewerActionsAtEqualProgress(other, report).mean == Approx(100 * (1 - 20.0 / 15)));
}

TEST_CASE("Houses are built from the first timestep on, wherever in time training began") {
  EvaluationSetup setup;
  setup.config = TinyConfig();
  const nlohmann::json figures = Figures(Evaluated(setup));
  setup.config.game.randomize_first_episode_length = true;
  CHECK(Figures(Evaluated(setup)) == figures);
}

TEST_CASE("Figures are the same on one thread and on two, and follow the seed") {
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.config.evaluation.episodes = 5;
  setup.config.evaluation.threads = 1;
  const nlohmann::json one = Figures(Evaluated(setup));
  setup.config.evaluation.threads = 2;
  CHECK(Figures(Evaluated(setup)) == one);
  setup.config.evaluation.seed = 1001;
  CHECK(Figures(Evaluated(setup)) != one);
}

TEST_CASE("A network plays the houses the builder has built alone") {
  const TempDir dir;
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.config.evaluation.episodes = 2;
  const EvaluationReport noop = Evaluated(setup);
  const std::string assistant = Untrained(dir);
  setup.assistant = *OpenAssistant(assistant);
  std::filesystem::remove(assistant);  // What has been read needs no file.
  setup.record_directory = dir.path() + "/episodes";
  const EvaluationReport report = Evaluated(setup);
  for (size_t i = 0; i < noop.houses.size(); ++i) {
    CHECK(ToJson(report.houses[i].alone) == ToJson(noop.houses[i].alone));
    CHECK(report.houses[i].goal == noop.houses[i].goal);
  }
  CHECK(report.origin["assistant"] == assistant);
  for (const char* name : {"000-alone", "000-assisted", "001-alone", "001-assisted"}) {
    const std::string path = setup.record_directory + "/house-" + name + ".jsonl.gz";
    const auto verified = env::VerifyEpisodes(path);
    INFO(path << ": " << verified.status());
    REQUIRE(verified.ok());
    CHECK_FALSE(verified->first_difference.has_value());
  }
}

TEST_CASE("A network's belief plays without a search") {
  const TempDir dir;
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.config.evaluation.episodes = 3;
  setup.assistant = *OpenAssistant("belief:" + Untrained(dir));
  CHECK(setup.assistant.carries_out_belief);
  const EvaluationReport report = Evaluated(setup);
  double timesteps = 0;
  for (const PairedFigures& house : report.houses) timesteps += house.assisted.timesteps;
  CHECK(report.evaluations == timesteps);
  CHECK(report.origin["assistant"] == setup.assistant.spec);
  CHECK_THAT(Error(setup, "belief:nobody.safetensors"), Catch::Contains("nobody.safetensors"));
}

TEST_CASE("A stored evaluation is read back, anything else is refused by name") {
  const TempDir dir;
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.human = "random";
  const nlohmann::json json = ToJson(Evaluated(setup));
  const auto read = EvaluationFromJson(json);
  INFO(read.status());
  REQUIRE(read.ok());
  CHECK(ToJson(*read) == json);
  CHECK(read->processor_seconds > 0);
  nlohmann::json older = json;  // Processor time and equal progress were not measured.
  older.erase("processor_seconds");
  older.erase("saved_at_equal_progress_percent");
  older["figures"].erase("human_actions_at_equal_progress");
  const auto of_older = EvaluationFromJson(older);
  REQUIRE(of_older.ok());
  CHECK(std::isnan(of_older->processor_seconds));
  CHECK(std::isnan(of_older->saved_at_equal_progress.mean));
  CHECK_THAT(FormatTable(*of_older), Catch::Contains("both times: - %"));
  older["processor_seconds"] = nullptr;  // As it is stored again.
  CHECK(EvaluationFromJson(older).ok());
  older["processor_seconds"] = "many";
  CHECK_FALSE(EvaluationFromJson(older).ok());

  for (const char* key :
       {"origin", "seconds", "figures", "houses", "human_actions_saved_percent"}) {
    nlohmann::json other = json;
    other.erase(key);
    CHECK_THAT(std::string(EvaluationFromJson(other).status().message()),
               Catch::Contains("not an evaluation") && Catch::Contains(key));
    other[key] = "of another kind";
    CHECK_FALSE(EvaluationFromJson(other).ok());
  }
  const std::pair<const char*, const char*> damaged[] = {{"", "expected JSON"},
                                                         {"[]", "not an evaluation"},
                                                         {"{\"origin\": {}", "expected JSON"},
                                                         {"nonsense", "expected JSON"}};
  for (const auto& [text, message] : damaged) {
    const std::string path = dir.Write("evaluation.json", text);
    CHECK_THAT(std::string(LoadEvaluation(path).status().message()),
               Catch::StartsWith(path + ": " + message));
  }
}

TEST_CASE("The table shows every figure in three columns") {
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.human = "noop";
  const EvaluationReport report = Evaluated(setup);
  const std::string table = FormatTable(report);
  for (const char* column : {"human alone", "with assistant", "difference"}) {
    CHECK_THAT(table, Catch::Contains(column));
  }
  for (const FigureComparison& comparison : report.comparisons) {
    CHECK_THAT(table, Catch::Contains("\n" + comparison.title + " "));
  }
  CHECK_THAT(table, Catch::Contains("saves 0.0 [0.0, 0.0] %"));
  CHECK_THAT(table, Catch::Contains("3 houses"));
}

TEST_CASE("What an evaluation cannot use is named") {
  const TempDir dir;
  EvaluationSetup setup;
  setup.config = TinyConfig();
  const std::string missing = dir.path() + "/missing.safetensors";
  CHECK_THAT(Error(setup, missing), Catch::Contains(missing));
  const std::string bytes = [&] {
    std::ifstream file(Untrained(dir), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  REQUIRE(bytes.size() > 1000);
  for (const std::string& broken : {std::string(), std::string("text"), bytes.substr(0, 1000)}) {
    const std::string path = dir.Write("broken.safetensors", broken);
    CHECK_THAT(Error(setup, path), Catch::Contains(path));
  }
  setup.human = "nobody";
  CHECK_THAT(Error(setup), Catch::Contains("nobody"));
  setup.human = "noop";
  setup.config.evaluation.goals = "npy:" + dir.path() + "/none";
  CHECK_THAT(Error(setup), Catch::Contains(dir.path() + "/none: cannot read the directory"));
  setup.config.evaluation.goals = "generated";
  setup.record_directory = dir.Write("file", "") + "/episodes";
  CHECK_THAT(Error(setup), Catch::Contains(setup.record_directory));
}

TEST_CASE("Generated houses follow from the seed") {
  const env::GameConfig game = TinyConfig().game;
  const auto a = env::MakeGoalSource("generated", game, 1),
             b = env::MakeGoalSource("generated", game, 1),
             c = env::MakeGoalSource("generated", game, 2);
  REQUIRE((a.ok() && b.ok() && c.ok()));
  int different = 0;
  for (int i = 0; i < 5; ++i) {
    CHECK((*a)->Get(i).blocks == (*b)->Get(i).blocks);
    different += (*a)->Get(i).blocks != (*c)->Get(i).blocks;
  }
  CHECK(different >= 4);
}

}  // namespace
}  // namespace hod::engine
