// Several drawings in one picture.
#pragma once

#include <string>
#include <vector>

#include "env/draw/canvas.h"

namespace hod::env {

struct Captioned {
  std::string caption;
  Canvas drawing;
};

// A grid with `columns` > 0 drawings a row, each under its caption. At least one drawing.
Canvas DrawSheet(const std::vector<Captioned>& items, int columns);

// A grid with `columns` > 0 drawings a row, without captions and gaps. At least one drawing, all
// of one size.
Canvas DrawGrid(const std::vector<Canvas>& drawings, int columns);

}  // namespace hod::env
