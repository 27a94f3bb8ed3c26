// The colours of blocks, and the pattern on their faces.
#pragma once

#include <array>

#include "env/draw/canvas.h"
#include "env/game/blocks.h"

namespace hod::env {

// The three faces a viewer sees who looks from high x, y and z.
enum class Face { kTop, kX, kZ };
inline constexpr int kNumFaces = 3;

inline constexpr std::array<Color, kNumBlocks> kBlockColors = {{
    {1.00, 1.00, 1.00},  // air: never drawn
    {0.22, 0.22, 0.24},  // bedrock
    {0.55, 0.40, 0.26},  // dirt
    {0.50, 0.50, 0.50},  // cobblestone
    {0.66, 0.86, 0.94},  // glass
    {0.42, 0.29, 0.16},  // log
    {0.80, 0.63, 0.38},  // planks
    {0.66, 0.66, 0.65},  // stone
    {0.44, 0.47, 0.53},  // stonebrick
    {0.97, 0.97, 0.96},  // wool
}};

// The colour at a point of a block's face before light falls on it; glass is translucent. `u` runs
// to the right and `v` down as the viewer sees the face, both in [0, 1). Requires block != kAir.
Color Texture(Block block, Face face, double u, double v);

}  // namespace hod::env
