// Studies of assistants: read strictly, run on the same houses, reused, shown.
#include "engine/studies/assistant_study.h"

#include "env/base/files.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

constexpr char kStudy[] = R"(
baseline = "walker"
seed = 3
set = ["game.world_size=[6, 6, 6]", "game.horizon=60"]
[[assistant]]
name = "walker"
spec = "belief:NETWORK"
[[assistant]]
name = "search"
spec = "NETWORK"
set = ["evaluation.simulations=2"]
[[assistant]]
name = "mirror"
spec = "mirror"
[[human]]
name = "layers"
spec = "layers"
[[human]]
name = "people"
spec = "heuristic"
[[houses]]
name = "some houses"
goals = "generated"
episodes = 3
)";

absl::StatusOr<AssistantStudy> Load(const TempDir& dir, const std::string& text) {
  const std::string path = dir.path() + "/study.toml";
  REQUIRE(WriteFileAtomically(path, text).ok());
  return LoadAssistantStudy(path);
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST_CASE("The study of assistants that is shipped is read") {
  const auto study = LoadAssistantStudy(SourceDir() + "/configs/assistants.toml");
  INFO(study.status());
  REQUIRE(study.ok());
  for (const StudiedAssistant& assistant : study->assistants) {
    RunConfig config;
    for (const std::string& assignment : assistant.overrides) {
      CHECK(Override(config, assignment).ok());
    }
  }
}

TEST_CASE("A study of assistants that cannot be run is refused by file and key") {
  const TempDir dir;
  const auto refused = [&](const std::string& from, const std::string& to, const char* why) {
    const absl::Status status = Load(dir, Replaced(kStudy, from, to)).status();
    INFO(status);
    CHECK_THAT(std::string(status.message()), Catch::Contains("study.toml"));
    CHECK_THAT(std::string(status.message()), Catch::Contains(why));
  };
  refused("baseline = \"walker\"", "baseline = \"nobody\"", "nobody");
  refused("baseline = \"walker\"", "", "baseline");
  refused("name = \"search\"", "name = \"walker\"", "assistant: two are called \"walker\"");
  refused("name = \"people\"", "name = \"layers\"", "human: two are called");
  refused("episodes = 3", "episodes = 0", "episodes");
  refused("spec = \"mirror\"", "spek = \"mirror\"", "spek");
  const std::string text = kStudy;
  CHECK_THAT(std::string(Load(dir, text.substr(0, text.find("[[houses]]"))).status().message()),
             Catch::Contains("houses: expected at least one"));
}

TEST_CASE("All assistants meet the same houses, and what was played is reused") {
  const TempDir dir;
  const std::string network = dir.path() + "/untrained.safetensors";
  const models::Network initial = models::InitialNetwork(TinyConfig().network, Rng(1));
  const nlohmann::json run = {{"config", ToToml(TinyConfig())}};
  REQUIRE(models::SaveNetwork(network, {initial, run.dump()}).ok());
  const auto study = Load(dir, Replaced(kStudy, "NETWORK", network));
  INFO(study.status());
  REQUIRE(study.ok());
  const auto cells = RunAssistantStudy(*study, dir.path() + "/out");
  INFO(cells.status());
  REQUIRE(cells.ok());
  REQUIRE(cells->size() == 6);
  for (const AssistantCell& cell : *cells) {
    const AssistantCell& first = (*cells)[cell.human == "layers" ? 0 : 1];
    REQUIRE(cell.report.houses.size() == 3);
    for (int i = 0; i < 3; ++i) {
      CHECK(cell.report.houses[i].goal == first.report.houses[i].goal);
      CHECK(ToJson(cell.report.houses[i].alone) == ToJson(first.report.houses[i].alone));
    }
  }
  CHECK(FewerActions((*cells)[0].report, (*cells)[0].report).mean == 0);
  CHECK(FewerActionsAtEqualProgress((*cells)[0].report, (*cells)[0].report).mean == 0);

  const std::string table = FormatAssistantStudy(*study, *cells);
  CHECK(Contains(table, "## some houses, layers"));
  CHECK(Contains(table, "| human alone | | |"));
  CHECK(Contains(table, "| evaluations a house | core-seconds a house |\n"));
  CHECK((*cells)[0].report.processor_seconds > 0);
  CHECK(Contains(table, "| search |"));
  const nlohmann::json json = AssistantStudyJson(*study, *cells);
  CHECK(json["tables"].size() == 2);
  CHECK(json["tables"][1]["human"] == "people");
  CHECK(json["tables"][1]["assistants"][0]["fewer_than_baseline_percent"]["mean"] == 0);
  CHECK(DrawAssistantStudy(*study, *cells).PngBytes().size() > 1000);
  const auto courses = DrawAssistantCourses(*study, *cells);
  REQUIRE(courses.ok());
  REQUIRE(courses->size() == 4);  // Two figures beside two humans.
  CHECK((*courses)[3].name == "course-actions--people--some-houses");

  // What was played is not played again: a report that was changed stays so.
  const std::string path = dir.path() + "/out/mirror--people--some-houses.json";
  std::string stored = *ReadFile(path);
  const std::string figure = "\"goal\": \"generated-0\"";
  REQUIRE(Contains(stored, figure));
  stored.replace(stored.find(figure), figure.size(), "\"goal\": \"generated-9\"");
  REQUIRE(WriteFileAtomically(path, stored).ok());
  const auto again = RunAssistantStudy(*study, dir.path() + "/out");
  REQUIRE(again.ok());
  CHECK(again->back().report.houses[0].goal == "generated-9");
}

}  // namespace
}  // namespace hod::engine
