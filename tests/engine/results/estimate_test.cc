// Estimates in tables and in files.
#include "engine/results/estimate.h"

#include <cmath>
#include <limits>

#include "tests/support/catch.h"

namespace hod::engine {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("An estimate is printed with its interval") {
  const Estimate e = {36.26, 32.7, -0.04};
  CHECK(Format(e) == "36.3 [32.7, -0.0]");
  CHECK(Format(e, {.digits = 3}) == "36.260 [32.700, -0.040]");
  CHECK(Format(e, {.digits = 3, .significant = true}) == "36.3 [32.7, -0.04]");
  CHECK(Format(e, {.sign = true}) == "+36.3 [+32.7, -0.0]");
  CHECK(Format(0.01 * e, {.digits = 2, .significant = true, .sign = true}) ==
        "+0.36 [+0.33, -0.0004]");
  CHECK(Format({0, 0, 0}, {.sign = true}) == "+0.0 [+0.0, +0.0]");
}

TEST_CASE("What could not be measured is a dash") {
  CHECK(Format({kNan, kNan, kNan}) == "-");
  CHECK(Format({1, kNan, kNan}) == "1.0 -");
  CHECK(FormatNumber(kNan) == "-");
  CHECK(FormatInterval({1, kNan, kNan}) == "-");
}

TEST_CASE("An estimate is read back from JSON, NaN as null") {
  for (const Estimate& e : {Estimate{1.5, 1, 2}, Estimate{kNan, kNan, kNan}}) {
    const nlohmann::json json = {{"saved", ToJson(e)}};
    JsonObjectReader reader(json, "");
    Estimate read;
    ReadEstimate(reader, "saved", read);
    CHECK(reader.Finish().ok());
    CHECK(ToJson(read) == ToJson(e));
    CHECK(std::isnan(read.mean) == std::isnan(e.mean));
  }
  CHECK(ToJson(Estimate{kNan, 0, 0})["mean"].is_null());
}

TEST_CASE("What is no estimate is named") {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "saved"},
      {R"({"saved": 3})", "saved"},
      {R"({"saved": {"mean": 1, "low": 1}})", "saved.high"},
      {R"({"saved": {"mean": "1", "low": 1, "high": 1}})",
       "saved.mean: expected a number or null"}};
  for (const auto& [text, what] : cases) {
    INFO(text);
    const nlohmann::json json = nlohmann::json::parse(text);
    JsonObjectReader reader(json, "");
    Estimate read;
    ReadEstimate(reader, "saved", read);
    CHECK_THAT(std::string(reader.Finish().message()), Catch::Contains(what));
  }
}

}  // namespace
}  // namespace hod::engine
