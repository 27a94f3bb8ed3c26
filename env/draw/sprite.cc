#include "env/draw/sprite.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace hod::env {
namespace {

constexpr int kSamples = 4;  // A pixel's colour is the mean of 4x4 samples.
constexpr std::array<double, kNumFaces> kLight = {1.0, 0.62, 0.80};

constexpr Color kWrongRed{0.90, 0.10, 0.10};
constexpr double kEdgeWidth = 1.0 / 24;  // Width of a face's dark edge, relative to the face.

// What a ray of sight meets first. The screen point (px, py), in tiles from the upper left corner
// of the voxel's hexagon, shows all points (px - 1, (px + 1) / 2 - py, 0) + t * (1, 1, 1).
std::optional<Color> ColorAt(const std::vector<Box>& boxes, double px, double py) {
  const std::array<double, 3> base = {px - 1, (px + 1) / 2 - py, 0};
  std::optional<Color> color;
  double nearest = -1e9;
  for (const Box& box : boxes) {
    double enter = 1e9, leave = -1e9;
    int axis = 0;
    for (int k = 0; k < 3; ++k) {
      const double t = box.high[k] - base[k];
      if (t < enter) {
        enter = t;
        axis = k;
      }
      leave = std::max(leave, box.low[k] - base[k]);
    }
    if (enter <= leave || enter <= nearest) continue;
    std::array<double, 3> share;
    for (int k = 0; k < 3; ++k) {
      share[k] =
          std::clamp((base[k] + enter - box.low[k]) / (box.high[k] - box.low[k]), 0.0, 0.999999);
    }
    const double x = share[0], down = 0.999999 - share[1], z = share[2];
    nearest = enter;
    if (axis == 0) {
      color = box.paint(Face::kX, 0.999999 - z, down).Shaded(kLight[1]);
    } else if (axis == 1) {
      color = box.paint(Face::kTop, x, z).Shaded(kLight[0]);
    } else {
      color = box.paint(Face::kZ, x, down).Shaded(kLight[2]);
    }
  }
  return color;
}

bool IsOnEdge(double u, double v, double width) {
  return std::min(std::min(u, 1 - u), std::min(v, 1 - v)) < width;
}

// A frame and the diagonals within it.
bool IsOnCross(double u, double v) {
  constexpr double kFrame = 0.12, kWidth = 0.07;
  const double from_edge = std::min(std::min(u, 1 - u), std::min(v, 1 - v));
  if (from_edge < kFrame) return false;
  return from_edge < kFrame + kWidth || std::abs(u - v) < kWidth / 1.4 ||
         std::abs(u + v - 1) < kWidth / 1.4;
}

Color BlockFaceColor(Block block, Mark mark, Face face, double u, double v, double opacity) {
  if (mark == Mark::kMissing) {
    const Color color = kBlockColors[block];
    return IsOnEdge(u, v, kEdgeWidth) ? color.Shaded(0.8).WithAlpha(std::min(1.0, opacity * 13 / 6))
                                      : color.WithAlpha(opacity * 5 / 6);
  }
  if (mark == Mark::kWrong && IsOnCross(u, v)) return kWrongRed;
  const Color color = Texture(block, face, u, v);
  return IsOnEdge(u, v, kEdgeWidth) ? color.Shaded(0.6) : color;
}

Box PlainBox(std::array<double, 3> low, std::array<double, 3> high, Color color) {
  return {low, high, [color](Face, double, double) { return color; }};
}

}  // namespace

Sprite DrawBoxes(const std::vector<Box>& boxes, int tile) {
  Sprite sprite(2 * tile, 2 * tile);
  for (int y = 0; y < sprite.height; ++y) {
    for (int x = 0; x < sprite.width; ++x) {
      const auto color_at = [&](double dx, double dy) {
        return ColorAt(boxes, (x + dx) / tile, (y + dy) / tile);
      };
      if (!color_at(0.5, 0.5)) continue;
      Color sum{0, 0, 0, 0};
      int hits = 0;
      for (int i = 0; i < kSamples * kSamples; ++i) {
        const int column = i % kSamples, row = i / kSamples;
        const std::optional<Color> color =
            color_at((column + 0.5) / kSamples, (row + 0.5) / kSamples);
        if (!color) continue;
        ++hits;
        sum = {sum.r + color->r * color->a, sum.g + color->g * color->a,
               sum.b + color->b * color->a, sum.a + color->a};
      }
      if (sum.a <= 0) continue;
      sprite.At(x, y) =
          PremultipliedArgb({sum.r / sum.a, sum.g / sum.a, sum.b / sum.a, sum.a / hits});
    }
  }
  return sprite;
}

Sprite DrawBlockSprite(Block block, Mark mark, FaceSet faces, int tile, double opacity) {
  const auto paint = [=](Face face, double u, double v) {
    if ((faces >> static_cast<int>(face) & 1) == 0) return Color{0, 0, 0, 0};
    return BlockFaceColor(block, mark, face, u, v, opacity);
  };
  return DrawBoxes({{{0, 0, 0}, {1, 1, 1}, paint}}, tile);
}

Color PlayerColor(int player) {
  constexpr std::array<Color, 3> kColors = {
      {{0.86, 0.20, 0.16}, {0.13, 0.42, 0.88}, {0.16, 0.62, 0.28}}};
  return kColors[std::min<size_t>(player, kColors.size() - 1)];
}

Sprite DrawLegsSprite(int player, int tile) {
  const Color shirt = PlayerColor(player), trousers = shirt.Shaded(0.5);
  return DrawBoxes({PlainBox({0.36, 0, 0.26}, {0.64, 0.7, 0.49}, trousers),
                    PlainBox({0.36, 0, 0.51}, {0.64, 0.7, 0.74}, trousers),
                    PlainBox({0.34, 0.7, 0.16}, {0.66, 1, 0.84}, shirt)},
                   tile);
}

Sprite DrawHeadSprite(int player, int tile) {
  constexpr Color kSkin{0.95, 0.77, 0.62}, kHair{0.30, 0.20, 0.13};
  const Color shirt = PlayerColor(player);
  return DrawBoxes({PlainBox({0.34, 0, 0.16}, {0.66, 0.4, 0.84}, shirt),
                    PlainBox({0.28, 0.4, 0.28}, {0.72, 0.72, 0.72}, kSkin),
                    PlainBox({0.28, 0.72, 0.28}, {0.72, 0.85, 0.72}, kHair)},
                   tile);
}

Sprite DrawContour(const Sprite& shape, int width, Color color) {
  Sprite contour(shape.width + 2 * width, shape.height + 2 * width);
  const auto filled = [&](int x, int y) {
    return x >= 0 && x < shape.width && y >= 0 && y < shape.height && shape.At(x, y) != 0;
  };
  for (int y = 0; y < contour.height; ++y) {
    for (int x = 0; x < contour.width; ++x) {
      if (filled(x - width, y - width)) continue;
      bool near = false;
      for (int dy = -width; dy <= width; ++dy) {
        for (int dx = -width; dx <= width; ++dx) {
          near |= dx * dx + dy * dy <= width * width && filled(x - width + dx, y - width + dy);
        }
      }
      if (near) contour.At(x, y) = PremultipliedArgb(color);
    }
  }
  return contour;
}

}  // namespace hod::env
