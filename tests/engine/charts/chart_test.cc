// Charts and sheets.
#include "engine/charts/chart.h"

#include <limits>

#include "env/draw/sheet.h"
#include "tests/support/catch.h"
#include "tests/support/env/pixels.h"

namespace hod::engine {
namespace {

TEST_CASE("env::Sheets grow by rows") {
  const auto sheet = [](int count) {
    std::vector<env::Captioned> items;
    for (int i = 0; i < count; ++i) items.push_back({"caption", env::Canvas(50, 40)});
    return env::DrawSheet(items, 3);
  };
  CHECK(sheet(3).height() == sheet(1).height());
  CHECK(sheet(4).height() > sheet(3).height());
  CHECK(sheet(7).width() == sheet(3).width());
  CHECK(sheet(1).width() < sheet(3).width());
}

TEST_CASE("Charts show every series and survive values that are not finite") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Chart chart{.title = "t", .x_label = "x", .y_label = "y", .series = {}};
  CHECK(DrawChart(chart).width() == chart.width);
  chart.series = {{"a", {0, 1, 2, 3}, {1, 2, kNan, 4}, {0, 1, kNan, 3}, {2, 3, kNan, 5}},
                  {"b", {0, 3}, {5, 5}, {}, {}},
                  {"none", {}, {}, {}, {}}};
  const env::Canvas canvas = DrawChart(chart);
  const auto is_blue = [](int r, int g, int b) { return r < 10 && g > 100 && g < 130 && b > 160; };
  const auto is_orange = [](int r, int g, int b) { return r > 200 && g > 80 && g < 110 && b < 10; };
  CHECK(env::CountPixels(canvas, is_blue) > 50);
  CHECK(env::CountPixels(canvas, is_orange) > 200);
  chart.series = {{"powers", {1, 4, 16, 100}, {1, 2, 3, 4}, {}, {}}};
  chart.log2_x = true;
  CHECK(env::CountPixels(DrawChart(chart), is_blue) > 200);
  // Powers below one have labels of their own.
  chart.series = {{"powers", {0.25, 0.5}, {1, 2}, {}, {}}};
  const std::string quarters = DrawChart(chart).PngBytes();
  chart.series[0].x = {0.125, 0.25};
  CHECK(DrawChart(chart).PngBytes() != quarters);
  chart.log2_x = false;
  chart.series = {{"flat", {5}, {1e9}, {}, {}}};
  CHECK(DrawChart(chart).PngBytes().substr(0, 8) == env::kPngMagic);
}

TEST_CASE("Dashed lines have gaps, and the next line has none") {
  const auto drawn = [](double dash) {
    env::Canvas canvas(120, 30);
    canvas.Lines({{10, 10}, {110, 10}}, 2, env::kBlack, /*closed=*/false, dash);
    canvas.Lines({{10, 20}, {110, 20}}, 2, env::kBlack);
    return env::CountPixels(canvas, [](int r, int, int) { return r < 50; });
  };
  CHECK(drawn(0) >= 400);
  CHECK(drawn(5) > 300);
  CHECK(drawn(5) < drawn(0) - 30);

  Chart chart{.title = "t", .x_label = "x", .y_label = "y", .series = {}};
  const auto blue = [&](bool dashed) {
    chart.series = {{"a", {0, 1, 2, 3}, {1, 2, 3, 4}, {}, {}, dashed}};
    return env::CountPixels(DrawChart(chart), [](int r, int g, int b) {
      return r < 10 && g > 100 && g < 130 && b > 160;
    });
  };
  CHECK(blue(true) < 0.8 * blue(false));
  CHECK(blue(true) > 0.4 * blue(false));
}

}  // namespace
}  // namespace hod::engine
