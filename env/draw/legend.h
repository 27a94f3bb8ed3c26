// What the colours, patterns and marks of a drawing mean.
#pragma once

#include "env/draw/canvas.h"

namespace hod::env {

struct LegendItems {
  bool marks = false;  // Wrong and missing blocks.
  int num_players = 0;
};

// All block types that players place, and the items asked for, in as many rows as `width` pixels
// need.
Canvas DrawLegend(int width, const LegendItems& items);

}  // namespace hod::env
