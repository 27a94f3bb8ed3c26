#include "engine/charts/bars.h"

#include <algorithm>
#include <cmath>

#include "env/draw/world.h"

namespace hod::engine {
namespace {

constexpr int kMargin = 8, kRowHeight = 20, kGap = 14, kLabelGap = 4;
constexpr double kTextSize = 12, kMaxNameShare = 0.45;
constexpr env::Color kText{0.15, 0.15, 0.15}, kBand{0.88, 0.91, 0.95};

// What a column holds, in the unit of its values.
struct Scale {
  double low = 0, high = 0;
  double label_width = 0;  // Width of the widest label, in pixels.
};

env::TextStyle StyleOf(const BarTable::Row& row) {
  return {.size = kTextSize, .color = kText, .bold = row.bold};
}

void Fill(env::Canvas& canvas, double left, double top, double right, double bottom,
          env::Color color) {
  canvas.Polygon({{left, top}, {right, top}, {right, bottom}, {left, bottom}}, color);
}

}  // namespace

env::Canvas DrawBars(const BarTable& table, int width) {
  const int num_columns = static_cast<int>(table.columns.size());
  const int num_rows = static_cast<int>(table.rows.size());
  env::Canvas canvas(width, 2 * kMargin + (num_rows + 2) * kRowHeight, env::kSky);
  std::vector<Scale> scales(num_columns);
  double name_width = 0;
  for (const BarTable::Row& row : table.rows) {
    name_width = std::max(name_width, canvas.TextWidth(row.name, StyleOf(row)));
    for (int c = 0; c < num_columns; ++c) {
      const BarTable::Bar& bar = row.bars[c];
      Scale& scale = scales[c];
      scale.label_width = std::max(scale.label_width, canvas.TextWidth(bar.label, StyleOf(row)));
      if (!std::isfinite(bar.value)) continue;
      scale.low = std::min(scale.low, bar.value);
      scale.high = std::max(scale.high, bar.value);
    }
  }
  name_width = std::min(name_width, kMaxNameShare * width);
  const double first = kMargin + name_width + kGap;
  const double column_width = (width - kMargin - first + kGap) / num_columns - kGap;

  const auto baseline = [](int line) { return kMargin + (line + 0.7) * kRowHeight; };
  canvas.Text({1.0 * kMargin, baseline(0)}, table.title,
              {.size = kTextSize + 2, .color = kText, .bold = true});
  for (int r = 0; r < num_rows; r += 2) {
    const double top = kMargin + (r + 2) * kRowHeight;
    Fill(canvas, kMargin / 2.0, top, width - kMargin / 2.0, top + kRowHeight, kBand);
  }
  for (int r = 0; r < num_rows; ++r) {
    std::string name = table.rows[r].name;
    while (canvas.TextWidth(name, StyleOf(table.rows[r])) > name_width + 1) name.pop_back();
    canvas.Text({1.0 * kMargin, baseline(r + 2)}, name, StyleOf(table.rows[r]));
  }
  for (int c = 0; c < num_columns; ++c) {
    const double left = first + c * (column_width + kGap);
    canvas.Text({left, baseline(1)}, table.columns[c].title, {.size = kTextSize, .color = kText});
    const Scale& scale = scales[c];
    const double room = std::max(1.0, column_width - scale.label_width - kLabelGap);
    const double unit = scale.high > scale.low ? room / (scale.high - scale.low) : 0;
    const double zero = left - scale.low * unit;
    for (int r = 0; r < num_rows; ++r) {
      const BarTable::Bar& bar = table.rows[r].bars[c];
      const double top = kMargin + (r + 2) * kRowHeight + 4, bottom = top + kRowHeight - 8;
      double end = zero;
      if (std::isfinite(bar.value)) {
        end = zero + bar.value * unit;
        Fill(canvas, std::min(zero, end), top, std::max(zero, end), bottom, table.columns[c].color);
        Fill(canvas, zero - 0.5, top - 2, zero + 0.5, bottom + 2, kText);
      }
      canvas.Text({std::max(zero, end) + kLabelGap, baseline(r + 2)}, bar.label,
                  StyleOf(table.rows[r]));
    }
  }
  return canvas;
}

}  // namespace hod::engine
