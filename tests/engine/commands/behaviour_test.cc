// hod humans stats and compare from the outside.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "engine/behaviour/building_report.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/building_reports.h"
#include "tests/support/env/program.h"
#include "tests/support/env/small_recording.h"

namespace hod::engine {
namespace {

using absl::StrContains;
using nlohmann::json;

Ended Run(const TempDir& dir, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "humans");
  return RunProgram(arguments, dir / "output.log");
}

std::string Succeed(const TempDir& dir, const std::vector<std::string>& arguments) {
  const Ended ended = Run(dir, arguments);
  INFO(ended.output);
  REQUIRE(ended.status == 0);
  return ended.output;
}

TEST_CASE("hod humans: figures of a model and of people, then both side by side") {
  const TempDir dir;
  std::vector<std::string> lines;
  for (const json& line : env::SmallRecording(env::RecordingKind::kAlone))
    lines.push_back(line.dump());
  WriteGzipLines(dir / "people.gz", lines);

  const std::string model =
      Succeed(dir, {"stats", "--episodes", "3", "--seed", "5", "--horizon", "400", "--name",
                    "simulated", "--json", dir / "model.json", "--record", dir / "traces"});
  CHECK(StrContains(model, "building"));
  CHECK(StrContains(model, "own edits per needed edit"));
  CHECK(StrContains(model, "people assisted"));
  CHECK(StrContains(model, "Houses: 3,"));
  CHECK(std::filesystem::exists(dir / "traces/house-002.jsonl.gz"));
  const std::string people = Succeed(dir, {"stats", "--recordings", dir / "people.gz", "--horizon",
                                           "400", "--json", dir / "people.json"});
  CHECK(StrContains(people, "Houses: 1,"));

  const auto report = BuildingFromJson(json::parse(ReadBytes(dir / "model.json")));
  INFO(report.status());
  REQUIRE(report.ok());
  CHECK(report->name == "simulated");
  CHECK(report->human == "heuristic");
  CHECK(report->seed == 5);
  CHECK(report->houses.size() == 3);

  const std::string table =
      Succeed(dir, {"compare", dir / "model.json", dir / "people.json", "--out", dir / "out"});
  CHECK(StrContains(table, "| simulated | "));
  CHECK(StrContains(table, "| people | "));
  CHECK(ReadBytes(dir / "out/building.md") == table);
  CHECK(ReadBytes(dir / "out/building.png").substr(1, 3) == "PNG");
}

TEST_CASE("hod humans: mistakes are named") {
  const TempDir dir;
  const auto refuse = [&](const std::vector<std::string>& arguments) {
    const Ended ended = Run(dir, arguments);
    CHECK(ended.status != 0);
    return ended.output;
  };
  CHECK(StrContains(refuse({"stats", "--human", "nobody", "--episodes", "1"}), "nobody"));
  CHECK(StrContains(refuse({"stats", "--horizon", "5"}), "--horizon"));
  CHECK(StrContains(refuse({"stats", "--recordings", dir / "none.gz"}), "none.gz"));
  CHECK(StrContains(refuse({"stats", "--recordings", dir / "none.gz", "--human", "heuristic"}),
                    "excludes"));
  CHECK(StrContains(refuse({"compare", dir / "none.json", "--out", dir / "out"}), "none.json"));
  WriteBytes(dir / "cut.json", "{\"name\":");
  CHECK(StrContains(refuse({"compare", dir / "cut.json", "--out", dir / "out"}),
                    "cut.json: expected JSON"));
  json report = ToJson(SmallReport("one"));
  report.erase("curve");
  WriteBytes(dir / "less.json", report.dump());
  CHECK(StrContains(refuse({"compare", dir / "less.json", "--out", dir / "out"}),
                    "less.json: curve: expected this key"));
  WriteBytes(dir / "one.json", ToJson(SmallReport("one")).dump());
  WriteBytes(dir / "score.json", "{\"human\": \"one\"}");
  CHECK(StrContains(
      refuse({"compare", dir / "one.json", "--scores", dir / "score.json", "--out", dir / "out"}),
      "score.json: split: expected this key"));
  CHECK_FALSE(std::filesystem::exists(dir / "out"));
}

}  // namespace
}  // namespace hod::engine
