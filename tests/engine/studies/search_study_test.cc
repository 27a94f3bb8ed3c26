// Studies of searches: read strictly, run on the same houses, reused, shown.
#include "engine/studies/search_study.h"

#include "env/base/files.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

constexpr char kStudy[] = R"(
baseline = "raw/1"
[[variant]]
name = "raw"
simulations = [1]
[[variant]]
name = "deep"
simulations = [2, 4]
set = ["search.c_puct=2.5"]
[[pair]]
cells = ["deep/4", "deep/2"]
)";

absl::StatusOr<Study> Load(const TempDir& dir, const std::string& text) {
  const std::string path = dir.path() + "/study.toml";
  REQUIRE(WriteFileAtomically(path, text).ok());
  return LoadStudy(path);
}

TEST_CASE("The study that is shipped is read") {
  const absl::StatusOr<Study> study = LoadStudy(SourceDir() + "/configs/search_study.toml");
  INFO(study.status());
  REQUIRE(study.ok());
  CHECK(study->baseline == "raw/1");
  for (const StudyVariant& variant : study->variants) {
    RunConfig config;
    for (const std::string& assignment : variant.overrides) {
      CHECK(Override(config, assignment).ok());
    }
  }
}

TEST_CASE("A study that cannot be run is refused by file and key") {
  const TempDir dir;
  const auto refused = [&](const std::string& from, const std::string& to, const char* why) {
    std::string text = kStudy;
    text.replace(text.find(from), from.size(), to);
    const absl::Status status = Load(dir, text).status();
    INFO(status);
    CHECK_THAT(std::string(status.message()), Catch::Contains("study.toml"));
    CHECK_THAT(std::string(status.message()), Catch::Contains(why));
  };
  refused("\"raw/1\"", "\"raw/2\"", "raw/2");
  refused("baseline = \"raw/1\"", "", "baseline");
  refused("[1]", "[0]", "simulations");
  refused("[1]", "[]", "simulations");
  refused("[1]", "1", "simulations");
  refused("name = \"raw\"", "", "name");
  refused("name = \"raw\"", "nome = \"raw\"\nname = \"raw\"", "nome");
  refused("[\"search.c_puct=2.5\"]", "[3]", "set");
  refused("\"deep/2\"]", "\"deep/3\"]", "deep/3");
  refused("\"deep/2\"]", "\"deep/2\", 3]", "cells");
  refused("name = \"deep\"", "name = \"deep", "line 7");
  CHECK_FALSE(LoadStudy(dir.path() + "/none.toml").ok());
}

TEST_CASE("Cells play the same houses, and what was played is reused") {
  const TempDir dir;
  const absl::StatusOr<Study> study = Load(dir, kStudy);
  REQUIRE(study.ok());
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.config.evaluation.episodes = 3;
  const std::string assistant = dir.path() + "/untrained.safetensors";
  const models::Network network = models::InitialNetwork(setup.config.network, Rng(1));
  REQUIRE(models::SaveNetwork(assistant, {network, "{}"}).ok());
  setup.assistant = *OpenAssistant(assistant);

  const std::string out = dir.path() + "/out";
  const absl::StatusOr<std::vector<StudyCell>> cells = RunStudy(*study, setup, out);
  INFO(cells.status());
  REQUIRE(cells.ok());
  REQUIRE(cells->size() == 3);
  for (const StudyCell& cell : *cells) {
    REQUIRE(cell.report.houses.size() == 3);
    for (int i = 0; i < 3; ++i) {
      CHECK(ToJson(cell.report.houses[i].alone) == ToJson((*cells)[0].report.houses[i].alone));
    }
  }
  CHECK((*cells)[2].name == "deep/4");
  CHECK(FewerActions((*cells)[0].report, (*cells)[0].report).mean == 0);

  // Reports carry their wall time: equal ones are the same run.
  const absl::StatusOr<std::vector<StudyCell>> again = RunStudy(*study, setup, out);
  REQUIRE(again.ok());
  CHECK((*again)[1].report.seconds == (*cells)[1].report.seconds);
  setup.config.evaluation.seed += 1;
  const absl::StatusOr<std::vector<StudyCell>> other = RunStudy(*study, setup, out);
  REQUIRE(other.ok());
  CHECK((*other)[1].report.seconds != (*cells)[1].report.seconds);

  const std::string table = FormatStudy(*study, *cells);
  for (const char* part :
       {"| raw | 1 |", "| deep | 2 |", "| deep | 4 |", "3 houses", "With deep/4 the human has"}) {
    CHECK_THAT(table, Catch::Contains(part));
  }
  CHECK(DrawStudy(*study, *cells).width() > 1000);
}

}  // namespace
}  // namespace hod::engine
