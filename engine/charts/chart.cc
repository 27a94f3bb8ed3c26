#include "engine/charts/chart.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace hod::engine {
namespace {

constexpr double kLeft = 76, kRight = 20, kTop = 40, kBottom = 58;
constexpr double kDash = 7;
constexpr env::Color kGrid{0.88, 0.88, 0.88}, kAxis{0.35, 0.35, 0.35}, kText{0.15, 0.15, 0.15};
// Wong's palette for colour-blind readers (Nature Methods 8, 441), and more.
constexpr std::array<env::Color, 12> kSeriesColors = {{{0.00, 0.45, 0.70},
                                                       {0.84, 0.37, 0.00},
                                                       {0.00, 0.62, 0.45},
                                                       {0.80, 0.47, 0.65},
                                                       {0.90, 0.62, 0.00},
                                                       {0.34, 0.71, 0.91},
                                                       {0.20, 0.20, 0.20},
                                                       {0.50, 0.28, 0.12},
                                                       {0.45, 0.30, 0.70},
                                                       {0.72, 0.08, 0.22},
                                                       {0.60, 0.72, 0.15},
                                                       {0.55, 0.55, 0.55}}};

// One axis: the range of its values, rounded outwards to ticks.
struct Axis {
  double low, high, step;

  double Share(double value) const { return (value - low) / (high - low); }
};

class Range {
 public:
  void Include(double value) {
    if (!std::isfinite(value)) return;
    low_ = empty_ ? value : std::min(low_, value);
    high_ = empty_ ? value : std::max(high_, value);
    empty_ = false;
  }
  // An axis with a tick at every whole number.
  Axis ToWholeSteps() const {
    const double low = std::floor(empty_ ? 0 : low_);
    return {low, std::max(low + 1, std::ceil(empty_ ? 1 : high_)), 1};
  }
  // An axis with about `num_ticks` ticks at 1, 2 or 5 times a power of ten.
  Axis ToAxis(int num_ticks) const {
    double low = empty_ ? 0 : low_, high = empty_ ? 1 : high_;
    if (low == high) {
      const double margin = low == 0 ? 1 : std::abs(low) * 0.1;
      low -= margin;
      high += margin;
    }
    const double rough = (high - low) / num_ticks;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {5.0, 2.0, 1.0}) {
      if (factor * power >= rough) step = factor * power;
    }
    return {std::floor(low / step) * step, std::ceil(high / step) * step, step};
  }

 private:
  bool empty_ = true;
  double low_ = 0, high_ = 0;
};

// E.g. 0.25, 40, 1.5M.
std::string TickLabel(double value, double step) {
  if (std::abs(value) < step * 1e-6) return "0";
  const double magnitude = std::abs(value);
  if (magnitude >= 1e9 || magnitude < 1e-4) return absl::StrFormat("%.3g", value);
  if (magnitude >= 1e6) return absl::StrFormat("%.4gM", value / 1e6);
  if (magnitude >= 1e4) return absl::StrFormat("%.4gk", value / 1e3);
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  return absl::StrFormat("%.*f", decimals, value);
}

// Of a power of two.
std::string PowerLabel(double value) {
  return value < 1 ? absl::StrFormat("%.3g", value) : TickLabel(value, 1);
}

class Plotter {
 public:
  explicit Plotter(const Chart& chart) : chart_(chart), canvas_(chart.width, chart.height) {
    Range x, y;
    for (const Series& series : chart.series) {
      for (const double value : series.x) x.Include(OnAxis(value));
      for (const auto* values : {&series.y, &series.low, &series.high}) {
        for (const double value : *values) y.Include(value);
      }
    }
    for (const Series& series : chart.series) {
      const double width = canvas_.TextWidth(series.name, {.size = 12});
      if (width > 0) legend_width_ = std::max(legend_width_, width + kSample + 2 * kPad);
    }
    x_ = chart.log2_x ? x.ToWholeSteps() : x.ToAxis(7);
    y_ = y.ToAxis(6);
  }

  env::Canvas Run() {
    DrawAxes();
    for (size_t i = 0; i < chart_.series.size(); ++i) DrawInterval(chart_.series[i], ColorOf(i));
    for (size_t i = 0; i < chart_.series.size(); ++i) DrawSeries(chart_.series[i], ColorOf(i));
    DrawLegend();
    return std::move(canvas_);
  }

 private:
  static constexpr double kLine = 20, kSample = 26, kPad = 10;  // The legend's.

  static env::Color ColorOf(size_t i) { return kSeriesColors[i % kSeriesColors.size()]; }
  // The ends of the axes; the legend stands beside them, where it covers nothing.
  double right() const { return chart_.width - kRight - legend_width_; }
  double bottom() const { return chart_.height - kBottom; }
  double OnAxis(double x) const { return chart_.log2_x ? std::log2(x) : x; }
  env::Point2 At(double x, double y) const {
    return {kLeft + x_.Share(OnAxis(x)) * (right() - kLeft),
            bottom() - y_.Share(y) * (bottom() - kTop)};
  }

  void DrawAxes() {
    const auto num_steps = [](const Axis& axis) {
      return static_cast<int>(std::lround((axis.high - axis.low) / axis.step));
    };
    for (int i = 0; i <= num_steps(x_); ++i) {
      const double on_axis = x_.low + i * x_.step;
      const double value = chart_.log2_x ? std::exp2(on_axis) : on_axis;
      const double x = At(value, y_.low).x;
      canvas_.Lines({{x, kTop}, {x, bottom()}}, 1, kGrid);
      canvas_.Text({x, bottom() + 18},
                   chart_.log2_x ? PowerLabel(value) : TickLabel(value, x_.step),
                   {.size = 12, .align = env::Align::kCenter, .color = kText});
    }
    for (int i = 0; i <= num_steps(y_); ++i) {
      const double value = y_.low + i * y_.step;
      const double y = At(x_.low, value).y;
      canvas_.Lines({{kLeft, y}, {right(), y}}, 1, kGrid);
      canvas_.Text({kLeft - 8, y + 4}, TickLabel(value, y_.step),
                   {.size = 12, .align = env::Align::kRight, .color = kText});
    }
    canvas_.Lines({{kLeft, kTop}, {kLeft, bottom()}, {right(), bottom()}}, 1.2, kAxis);
    const double middle = (kLeft + right()) / 2;
    canvas_.Text({middle, kTop - 16}, chart_.title,
                 {.size = 16, .align = env::Align::kCenter, .color = kText, .bold = true});
    canvas_.Text({middle, chart_.height - 14.0}, chart_.x_label,
                 {.size = 13, .align = env::Align::kCenter, .color = kText});
    canvas_.Text({20, (kTop + bottom()) / 2}, chart_.y_label,
                 {.size = 13, .align = env::Align::kCenter, .color = kText, .upwards = true});
  }

  // Many that lie upon each other would hide the lines.
  double IntervalAlpha() const {
    const auto count = std::count_if(chart_.series.begin(), chart_.series.end(),
                                     [](const Series& series) { return !series.low.empty(); });
    return std::clamp(0.9 / static_cast<double>(count), 0.06, 0.18);
  }

  // Calls draw(begin, end) for every run of points that are finite in all of `values`.
  template <typename Draw>
  static void ForRuns(size_t size, std::initializer_list<const std::vector<double>*> values,
                      const Draw& draw) {
    size_t begin = 0;
    for (size_t i = 0; i <= size; ++i) {
      const bool finite = i < size && std::all_of(values.begin(), values.end(),
                                                  [&](auto* v) { return std::isfinite((*v)[i]); });
      if (finite) continue;
      if (begin < i) draw(begin, i);
      begin = i + 1;
    }
  }

  void DrawInterval(const Series& series, env::Color color) {
    if (series.low.empty()) return;
    ForRuns(series.x.size(), {&series.x, &series.low, &series.high}, [&](size_t begin, size_t end) {
      std::vector<env::Point2> outline;
      for (size_t i = begin; i < end; ++i) outline.push_back(At(series.x[i], series.high[i]));
      for (size_t i = end; i > begin; --i)
        outline.push_back(At(series.x[i - 1], series.low[i - 1]));
      canvas_.Polygon(outline, color.WithAlpha(IntervalAlpha()));
    });
  }

  void DrawSeries(const Series& series, env::Color color) {
    ForRuns(series.x.size(), {&series.x, &series.y}, [&](size_t begin, size_t end) {
      std::vector<env::Point2> points;
      for (size_t i = begin; i < end; ++i) points.push_back(At(series.x[i], series.y[i]));
      canvas_.Lines(points, 2, color, /*closed=*/false, series.dashed ? kDash : 0);
      // A point alone would leave no line.
      if (points.size() == 1) canvas_.Disc(points.front(), 3, color);
    });
    // Nor would its interval leave an area.
    if (series.x.size() == 1 && !series.low.empty()) {
      canvas_.Lines({At(series.x[0], series.low[0]), At(series.x[0], series.high[0])}, 1.5, color);
    }
  }

  void DrawLegend() {
    if (legend_width_ == 0) return;
    const double left = right() + kPad;
    for (size_t i = 0; i < chart_.series.size(); ++i) {
      const double y = kTop + kLine * (static_cast<double>(i) + 0.5);
      canvas_.Lines({{left, y}, {left + kSample, y}}, 2.5, ColorOf(i), /*closed=*/false,
                    chart_.series[i].dashed ? kDash : 0);
      canvas_.Text({left + kPad + kSample, y + 4}, chart_.series[i].name,
                   {.size = 12, .color = kText});
    }
  }

  const Chart& chart_;
  env::Canvas canvas_;
  Axis x_, y_;
  double legend_width_ = 0;
};

}  // namespace

env::Canvas DrawChart(const Chart& chart) { return Plotter(chart).Run(); }

}  // namespace hod::engine
