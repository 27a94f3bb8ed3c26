// Reports of building: figures and curves of houses known by hand, and their files.
#include <cmath>
#include <functional>

#include "absl/strings/match.h"
#include "engine/behaviour/building_report.h"
#include "tests/support/catch.h"
#include "tests/support/engine/building_reports.h"

namespace hod::engine {
namespace {

using nlohmann::json;

TEST_CASE("A report has the figures of all houses and the goal over time") {
  const BuildingReport report = SmallReport("small");
  REQUIRE(report.houses.size() == 3);
  CHECK(report.houses[1].rows == 60);
  CHECK(report.houses[1].needed_edits == 4);
  CHECK(report.houses[1].completed);
  CHECK_FALSE(report.houses[2].completed);
  CHECK(report.houses[2].goal_percent == 50);

  CHECK(report.Find("goal_percent")->estimate.mean == Approx(250.0 / 3));
  CHECK(report.Find("goal_percent")->estimate.low == Approx(50));
  CHECK(report.Find("goal_percent")->estimate.high == 100);
  CHECK(report.Find("noop_rows")->estimate.mean == Approx(110.0 / 120));
  CHECK(report.Find("rows_per_needed_edit")->estimate.mean == 10);
  CHECK(report.Find("rows_per_needed_edit")->people_alone == 4.631);
  CHECK(report.Find("place_errors")->estimate.high == 0);
  CHECK(std::isnan(report.Find("repair_median")->estimate.mean));
  CHECK(std::isnan(report.Find("repair_median")->estimate.low));
  CHECK(report.Find("no such key") == nullptr);

  // Row 2 k is point k; what is finished stays.
  REQUIRE(report.timesteps.size() == 101);
  REQUIRE(report.curve.size() == 101);
  CHECK(report.timesteps[1] == 2);
  CHECK(report.timesteps.back() == 200);
  CHECK(report.curve[0].mean == 0);
  CHECK(report.curve[1].mean == Approx(50.0 / 3));
  CHECK(report.curve[2].mean == Approx(100.0 / 3));
  CHECK(report.curve[11].mean == Approx(150.0 / 3));
  CHECK(report.curve[12].mean == Approx(200.0 / 3));
  CHECK(report.curve[19].mean == Approx(200.0 / 3));
  CHECK(report.curve[20].mean == Approx(250.0 / 3));
  CHECK(report.curve[100].mean == Approx(250.0 / 3));
  CHECK(report.curve[1].low == 0);
  CHECK(report.curve[1].high == 50);
}

TEST_CASE("Reports come back from their files") {
  const json written = ToJson(SmallReport("small"));
  const json read = json::parse(written.dump());
  CHECK(read["figures"]["repair_median"]["mean"].is_null());
  const absl::StatusOr<BuildingReport> report = BuildingFromJson(read);
  INFO(report.status());
  REQUIRE(report.ok());
  CHECK(ToJson(*report).dump() == written.dump());
  CHECK(std::isnan(report->Find("repair_median")->estimate.low));
  CHECK_FALSE(report->people());
}

TEST_CASE("A damaged report is refused, and the key named") {
  const auto error = [](const std::function<void(json&)>& change) {
    json damaged = json::parse(ToJson(SmallReport("small")).dump());
    change(damaged);
    const absl::StatusOr<BuildingReport> report = BuildingFromJson(damaged);
    return report.ok() ? "accepted" : std::string(report.status().message());
  };
  CHECK(error([](json&) {}) == "accepted");
  CHECK(error([](json& j) { j = json::array(); }) == "expected an object");
  CHECK(error([](json& j) { j.erase("horizon"); }) == "horizon: expected this key");
  CHECK(error([](json& j) { j["horizon"] = 0; }) ==
        "horizon: expected a whole number from 100 to 2147483647");
  CHECK(error([](json& j) { j["more"] = 1; }) == "unknown key more");
  CHECK(error([](json& j) { j["name"] = 1; }) == "name: expected a text");
  CHECK(error([](json& j) { j["seed"] = -1; }) == "seed: expected a whole number of at least 0");
  CHECK(error([](json& j) { j["seed"] = 1e300; }) == "seed: expected a whole number of at least 0");
  CHECK(error([](json& j) { j["recordings"] = {1}; }) == "recordings: expected an array of texts");
  CHECK(error([](json& j) { j["figures"] = 3; }) == "figures: expected an object");
  CHECK(error([](json& j) { j["figures"]["same_type"]["low"] = "x"; }) ==
        "figures.same_type.low: expected a number or null");
  CHECK(error([](json& j) { j["figures"]["same_type"].erase("title"); }) ==
        "figures.same_type.title: expected this key");
  CHECK(error([](json& j) { j["curve"]["low"].erase(3); }) ==
        "curve.low: expected an array of 101 numbers");
  CHECK(error([](json& j) { j["curve"]["high"][3] = nullptr; }) ==
        "curve.high: expected an array of 101 numbers");
  CHECK(error([](json& j) { j["curve"]["timesteps"][3] = 7; }) ==
        "curve.timesteps: expected hundredths of the horizon");
  CHECK(error([](json& j) { j["houses"][1]["rows"] = -1; }) ==
        "houses[1].rows: expected a whole number from 0 to 2147483647");
  CHECK(error([](json& j) { j["houses"] = json::array(); }) ==
        "houses: expected an array, not empty");
  CHECK(error([](json& j) { j["episodes"] = 2; }) == "episodes: expected the number of houses, 3");
}

TEST_CASE("The table shows figures with intervals beside those of people") {
  const std::string table = FormatBuilding(SmallReport("small"));
  CHECK(absl::StrContains(table, "rows per needed edit"));
  CHECK(absl::StrContains(table, "4.631"));
  CHECK(absl::StrContains(table, "[50.000, 100.000]"));
  CHECK(absl::StrContains(table, "Houses: 3,"));
}

}  // namespace
}  // namespace hod::engine
