// Line charts, for learning curves.
#pragma once

#include <string>
#include <vector>

#include "env/draw/canvas.h"

namespace hod::engine {

// Points are drawn in the order given. A point whose y is not finite interrupts the line.
struct Series {
  std::string name;
  std::vector<double> x, y;
  // A shaded interval around the line; empty for none, else as long as y.
  std::vector<double> low, high;
  bool dashed = false;
};

struct Chart {
  std::string title, x_label, y_label;
  std::vector<Series> series;
  bool log2_x = false;            // Powers of two at even distances; x has to be positive.
  int width = 760, height = 460;  // Pixels.
};

// The axes hold all finite points and intervals; without any, they run from 0 to 1. Requires x and
// y of each series to be of one length.
env::Canvas DrawChart(const Chart& chart);

}  // namespace hod::engine
