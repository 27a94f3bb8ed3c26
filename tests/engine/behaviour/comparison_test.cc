// Models and people side by side: the table, the plot, and what does not fit together.
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "engine/behaviour/building_comparison.h"
#include "tests/support/catch.h"
#include "tests/support/engine/building_reports.h"

namespace hod::engine {
namespace {

using nlohmann::json;

json Score(const std::string& human, const std::string& protocol, double cross_entropy) {
  return {{"human", human},
          {"split", "people"},
          {"protocol", protocol},
          {"every", 5},
          {"overall",
           {{"scored", 321},
            {"cross_entropy",
             {{"mean", cross_entropy}, {"low", cross_entropy - 1}, {"high", cross_entropy + 1}}},
            {"accuracy", {{"mean", 0.5}, {"low", 0.25}, {"high", 0.75}}}}},
          {"participants", json::object()},
          {"seconds", 3.5}};
}

PredictionScore ScoreOf(const json& json) {
  const absl::StatusOr<PredictionScore> score = ScoreFromJson(json);
  INFO(score.status());
  REQUIRE(score.ok());
  return *score;
}

// The cells of the row that begins with `name`.
std::vector<std::string> Row(const std::string& table, const std::string& name) {
  for (const absl::string_view line : absl::StrSplit(table, '\n')) {
    std::vector<std::string> cells = absl::StrSplit(line, " | ");
    if (cells.front() == "| " + name) return cells;
  }
  FAIL("no row " << name);
  return {};
}

TEST_CASE("The table has a row for every model, and two columns for every way of scoring") {
  BuildingReport people = SmallReport("people");
  people.human = "";
  people.recordings = {"recording.gz"};
  const std::vector<BuildingReport> reports = {people, SmallReport("builder"),
                                               SmallReport("third")};
  REQUIRE(CheckComparable(reports).ok());
  const std::string table = FormatComparison(
      reports, {ScoreOf(Score("heuristic", "plain", 2)), ScoreOf(Score("builder", "masked", 3)),
                ScoreOf(Score("other", "masked", 4))});
  INFO(table);
  CHECK(absl::StrContains(table, "cross entropy (people, plain)"));
  CHECK(absl::StrContains(table, "cross entropy (people, masked)"));
  CHECK(absl::StrContains(table, "goal % after 50 | goal % after 100 | goal % after 200"));
  // Scores name it by its model and by its name.
  const std::vector<std::string> builder = Row(table, "builder");
  CHECK(builder[1] == "2.000 [1.000, 3.000]");
  CHECK(builder[2] == "50.0 [25.0, 75.0]");
  CHECK(builder[3] == "3.000 [2.000, 4.000]");
  CHECK(builder[5] == "83.3 [50.0, 100.0]");
  CHECK(Row(table, "people")[1] == "-");
  CHECK(Row(table, "people")[5] == "83.3 [50.0, 100.0]");
  const std::vector<std::string> other = Row(table, "other");
  CHECK(other[1] == "-");
  CHECK(other[3] == "4.000 [3.000, 5.000]");
  CHECK(other[5] == "-");
  CHECK(builder.size() == other.size());
  CHECK(absl::StrContains(table, "3 houses of generated from seed 7: builder; third."));
  CHECK(absl::StrContains(table, "3 recorded houses: people."));
  CHECK(absl::StrContains(table,
                          "321 decisions of people (people, masked), one of 5: builder; other."));
}

TEST_CASE("Reports that do not fit one table are refused") {
  const auto error = [](const BuildingReport& second) {
    const absl::Status status = CheckComparable({SmallReport("first"), second});
    return status.ok() ? "accepted" : std::string(status.message());
  };
  CHECK(error(SmallReport("second")) == "accepted");
  CHECK(error(SmallReport("first")) == "first: name: expected one that no other has");
  BuildingReport longer = SmallReport("second");
  longer.horizon = 300;
  CHECK(error(longer) == "second: horizon: expected 200 as in first, got 300");
  BuildingReport less = SmallReport("second");
  std::erase_if(less.figures, [](const BuildingFigure& f) { return f.key == "place_errors"; });
  CHECK(error(less) == "second: figures.place_errors: expected this key");
}

TEST_CASE("A damaged score is refused, and the key named") {
  const auto error = [](const std::function<void(json&)>& change) {
    json damaged = Score("heuristic", "plain", 2);
    change(damaged);
    const absl::StatusOr<PredictionScore> score = ScoreFromJson(damaged);
    return score.ok() ? "accepted" : std::string(score.status().message());
  };
  CHECK(error([](json& j) { j["more"] = 1; }) == "accepted");
  CHECK(error([](json& j) { j.erase("human"); }) == "human: expected this key");
  CHECK(error([](json& j) { j["every"] = 0; }) ==
        "every: expected a whole number from 1 to 2147483647");
  CHECK(error([](json& j) { j["overall"]["accuracy"] = 0.5; }) ==
        "overall.accuracy: expected an object");
  CHECK(error([](json& j) { j["overall"]["cross_entropy"].erase("low"); }) ==
        "overall.cross_entropy.low: expected this key");
  CHECK(error([](json& j) { j["overall"]["cross_entropy"]["mean"] = "x"; }) ==
        "overall.cross_entropy.mean: expected a number or null");
}

TEST_CASE("The plot is a picture, wider than its legend") {
  const env::Canvas canvas = DrawBuilding({SmallReport("one"), SmallReport("two")});
  CHECK(canvas.width() > 600);
  CHECK(absl::EndsWith(canvas.PngBytes().substr(0, 4), "PNG"));
}

}  // namespace
}  // namespace hod::engine
