// A number for every voxel of a world, as coloured maps of its layers.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "env/draw/canvas.h"
#include "env/game/blocks.h"
#include "env/game/geometry.h"

namespace hod::env {

struct LayerMaps {
  absl::Span<const float> values;  // [volume], from 0: the colour of each voxel's field.
  float full = 1;                  // The value of the full colour; larger ones have it too.
  absl::Span<const Block> blocks;  // [volume]: a block that stands is a square within its field.
  absl::Span<const Block> goal;    // [volume]: one that belongs there is the square's contour.
  std::vector<Cell> players;       // Feet, in the order of WorldStyle::players: discs.
};

// A colour from white for 0 to violet for 1 and more.
Color HeatColor(double share);

// The layers above bedrock side by side from the ground up, to the last in which a value, a block
// or a contour shows, as large as fits `width` by `height` pixels. x to the right, z down.
Canvas DrawLayers(const WorldSize& size, const LayerMaps& maps, int width, int height);

}  // namespace hod::env
