// Bars: their lengths, and what has none.
#include "engine/charts/bars.h"

#include <limits>

#include "tests/support/catch.h"
#include "tests/support/env/pixels.h"

namespace hod::engine {
namespace {

constexpr env::Color kGreen{0, 0.8, 0};
constexpr env::Color kRed{0.8, 0, 0};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

int Green(const std::vector<double>& values) {
  BarTable table = {.title = "t", .columns = {{"c", kGreen}}, .rows = {}};
  for (const double value : values) table.rows.push_back({"row", {{value, "x"}}});
  return CountColor(DrawBars(table, 400), kGreen);
}

TEST_CASE("Bars of a column share one scale, to both sides of 0") {
  const int one = Green({1});
  CHECK(one > 1000);
  CHECK(Green({1, 1}) == 2 * one);
  CHECK(Green({2, 1}) == Approx(1.5 * one).epsilon(0.02));
  CHECK(Green({1000, 500}) == Green({2, 1}));
  CHECK(Green({1, -1}) == Approx(one).epsilon(0.02));
}

TEST_CASE("Nothing is drawn of 0 and of what is no number") {
  CHECK(Green({0}) == 0);
  CHECK(Green({kNone}) == 0);
  CHECK(Green({1, kNone}) == Green({1}));
  CHECK(Green({}) == 0);
}

TEST_CASE("Columns have scales and colours of their own, and long names leave them room") {
  BarTable table = {.title = "t", .columns = {{"a", kGreen}, {"b", kRed}}, .rows = {}};
  table.rows.push_back({std::string(500, 'n'), {{1, "1"}, {1000, "1000"}}});
  const env::Canvas canvas = DrawBars(table, 400);
  CHECK(canvas.width() == 400);
  CHECK(CountColor(canvas, kGreen) > 300);
  CHECK(CountColor(canvas, kRed) > 300);
}

}  // namespace
}  // namespace hod::engine
