// Small pictures of what stands in one voxel, drawn once and then copied wherever it stands.
//
// Projection: a voxel's edges along x, z and y go (tile, tile/2), (-tile, tile/2) and (0, -tile)
// pixels on the screen, so that a voxel is a hexagon of 2*tile by 2*tile pixels, the hexagons of
// neighbours fit together pixel by pixel, and a voxel covers exactly those behind it along
// (-1, -1, -1).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "env/draw/canvas.h"
#include "env/draw/marks.h"
#include "env/draw/texture.h"
#include "env/game/geometry.h"

namespace hod::env {

// A box within the unit voxel, and the colours of its faces at (u, v) as for Texture(). A colour of
// alpha 0 leaves a hole.
struct Box {
  std::array<double, 3> low, high;
  std::function<Color(Face face, double u, double v)> paint;
};

// What the viewer sees of boxes that do not overlap, with light from above and the left: 2*tile by
// 2*tile pixels. `tile` > 0 is even. Only contours between faces are antialiased; each pixel of the
// outline belongs wholly to one voxel.
Sprite DrawBoxes(const std::vector<Box>& boxes, int tile);

// Which faces of a voxel to draw: bit 1 << Face.
using FaceSet = uint8_t;
inline constexpr FaceSet kAllFaces = (1 << kNumFaces) - 1;

// How opaque missing blocks are, from 0 to 1, unless said otherwise.
inline constexpr double kGhostOpacity = 0.3;

// A block: wrong ones carry a red cross in a red frame; missing ones are as opaque as `opacity`
// says. Requires block != kAir.
Sprite DrawBlockSprite(Block block, Mark mark, FaceSet faces, int tile,
                       double opacity = kGhostOpacity);

// Colours of the players: the human, the assistant, others.
Color PlayerColor(int player);

// The two voxels that a player fills.
Sprite DrawLegsSprite(int player, int tile);
Sprite DrawHeadSprite(int player, int tile);

// A line of `width` pixels in `color` around all pixels of `shape` that are not transparent; larger
// than `shape` by `width` on every side.
Sprite DrawContour(const Sprite& shape, int width, Color color);

}  // namespace hod::env
