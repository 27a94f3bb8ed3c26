// Tables whose numbers are bars.
#pragma once

#include <string>
#include <vector>

#include "env/draw/canvas.h"

namespace hod::engine {

struct BarTable {
  struct Column {
    std::string title;
    env::Color color;
  };
  struct Bar {
    double value = 0;  // No bar where it is not finite.
    std::string label;
  };
  struct Row {
    std::string name;
    std::vector<Bar> bars;  // [columns]
    bool bold = false;
  };
  std::string title;
  std::vector<Column> columns;
  std::vector<Row> rows;
};

// Rows from above. The bars of a column start at 0, to the left if negative, and share one scale
// that holds them all; labels stand beside them. Names that leave the columns no room are cut.
env::Canvas DrawBars(const BarTable& table, int width);

}  // namespace hod::engine
