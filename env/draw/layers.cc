#include "env/draw/layers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "env/draw/sprite.h"
#include "env/draw/texture.h"
#include "env/draw/world.h"

namespace hod::env {
namespace {

constexpr int kTitleHeight = 18, kGap = 12;
constexpr double kVisible = 0.02;  // Share of the full colour.
constexpr Color kGrid{0.80, 0.82, 0.85};

// Fields of `field` pixels, maps in `columns` columns.
struct Grid {
  int columns = 1, field = 0;
};

Grid LargestGrid(const WorldSize& size, int num_layers, int width, int height) {
  Grid best;
  for (int columns = 1; columns <= num_layers; ++columns) {
    const int rows = (num_layers + columns - 1) / columns;
    const int field = std::min((width - (columns - 1) * kGap) / (columns * size.w),
                               (height / rows - kTitleHeight - kGap) / size.d);
    if (field > best.field) best = {columns, field};
  }
  best.field = std::max(best.field, 1);
  return best;
}

class Maps {
 public:
  Maps(const WorldSize& size, const LayerMaps& maps) : size_(size), maps_(maps) {}

  // Layers above bedrock.
  int CountLayers() const {
    int top = size_.h - 1;
    while (top > 1 && IsEmpty(top)) --top;
    return top;
  }

  void Draw(int y, Canvas& canvas, int left, int top, int field) const {
    canvas.Text({1.0 * left, top + 13.0}, absl::StrCat("y=", y), {.size = 12});
    for (int x = 0; x < size_.w; ++x) {
      for (int z = 0; z < size_.d; ++z) {
        DrawField({x, y, z}, canvas, left + x * field, top + kTitleHeight + z * field, field);
      }
    }
  }

 private:
  double Share(int index) const { return maps_.values[index] / maps_.full; }

  bool IsEmpty(int y) const {
    for (int x = 0; x < size_.w; ++x) {
      for (int z = 0; z < size_.d; ++z) {
        const int index = size_.Index({x, y, z});
        if (Share(index) >= kVisible || maps_.blocks[index] != kAir || maps_.goal[index] != kAir) {
          return false;
        }
      }
    }
    return true;
  }

  void DrawField(Cell c, Canvas& canvas, double x, double y, double field) const {
    const auto square = [&](double inset, Color color, const Outline& outline) {
      const double a = inset * field, b = field - a;
      canvas.Polygon({{x + a, y + a}, {x + b, y + a}, {x + b, y + b}, {x + a, y + b}}, color,
                     outline);
    };
    const int index = size_.Index(c);
    square(0, HeatColor(Share(index)), {1, kGrid});
    const Block block = maps_.blocks[index], goal = maps_.goal[index];
    if (block != kAir) square(0.28, kBlockColors[block], {1, kBlockColors[block].Shaded(0.6)});
    if (goal != block && goal != kAir) {
      square(0.22, kWhite.WithAlpha(0), {std::max(1.5, field / 8), kBlockColors[goal].Shaded(0.9)});
    }
    for (size_t i = 0; i < maps_.players.size(); ++i) {
      if (!BodyFills(maps_.players[i], c)) continue;
      canvas.Disc({x + field / 2, y + field / 2}, field * 0.34, kWhite);
      canvas.Disc({x + field / 2, y + field / 2}, field * 0.26, PlayerColor(static_cast<int>(i)));
    }
  }

  const WorldSize& size_;
  const LayerMaps& maps_;
};

}  // namespace

Color HeatColor(double share) {
  constexpr Color kNone = kWhite, kSome{0.86, 0.66, 0.93}, kFull{0.36, 0.05, 0.50};
  const auto mix = [](Color a, Color b, double t) {
    return Color{a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
  };
  share = std::clamp(share, 0.0, 1.0);
  return share < 0.5 ? mix(kNone, kSome, 2 * share) : mix(kSome, kFull, 2 * share - 1);
}

Canvas DrawLayers(const WorldSize& size, const LayerMaps& layer_maps, int width, int height) {
  const Maps maps(size, layer_maps);
  const int num_layers = maps.CountLayers();
  const Grid grid = LargestGrid(size, num_layers, width, height);
  Canvas canvas(width, height, kSky);
  for (int i = 0; i < num_layers; ++i) {
    const int left = i % grid.columns * (size.w * grid.field + kGap);
    const int top = i / grid.columns * (kTitleHeight + size.d * grid.field + kGap);
    maps.Draw(i + 1, canvas, left, top, grid.field);
  }
  return canvas;
}

}  // namespace hod::env
