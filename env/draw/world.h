// Isometric drawings of a world.
#pragma once

#include <array>
#include <vector>

#include "absl/types/span.h"
#include "env/draw/canvas.h"
#include "env/game/blocks.h"
#include "env/game/geometry.h"

namespace hod::env {

// The corner of the world that is nearest to the viewer.
enum class Corner { kHighXHighZ, kLowXLowZ };

struct WorldStyle {
  Corner corner = Corner::kHighXHighZ;
  double edge = 12;  // Length of a voxel's edge in pixels.
  // Where players' feet are; the first is the human in red, the others are blue and green.
  std::vector<Cell> players;
  // If not empty, [volume]: blocks that differ from it get a red outline.
  absl::Span<const Block> goal;
};

inline constexpr std::array<Color, kNumBlocks> kBlockColors = {{
    {1.00, 1.00, 1.00},  // air: never drawn
    {0.20, 0.20, 0.20},  // bedrock
    {0.54, 0.41, 0.26},  // dirt
    {0.49, 0.49, 0.49},  // cobblestone
    {0.66, 0.86, 0.94},  // glass
    {0.37, 0.27, 0.15},  // log
    {0.76, 0.60, 0.36},  // planks
    {0.61, 0.61, 0.61},  // stone
    {0.42, 0.44, 0.48},  // stonebrick
    {0.95, 0.95, 0.95},  // wool
}};

// The world without its bedrock layer. Pictures of one world size and style are of one size.
Canvas DrawWorld(const WorldSize& size, absl::Span<const Block> blocks, const WorldStyle& style);

// The two corners' views side by side; `style.corner` is of no account.
Canvas DrawFromBothCorners(const WorldSize& size, absl::Span<const Block> blocks, WorldStyle style);

}  // namespace hod::env
