#include "env/draw/world.h"

#include <cmath>

namespace hod::env {
namespace {

constexpr int kLowestDrawn = 1;  // Bedrock is left out.
constexpr double kMargin = 6;
constexpr double kCos30 = 0.86602540378443865, kSin30 = 0.5;
constexpr double kGlassAlpha = 0.45;
constexpr double kWrongInset = 0.86;  // Size of a wrong block's outline, relative to its face.
constexpr double kTopShade = 1.0, kXShade = 0.62, kZShade = 0.80;
constexpr Color kOutline{0.1, 0.08, 0.05, 0.75}, kWrong{0.86, 0.08, 0.10, 1};
constexpr std::array<Color, 3> kPlayerColors = {
    {{0.84, 0.22, 0.18}, {0.16, 0.42, 0.80}, {0.20, 0.62, 0.32}}};
constexpr Color kSkin{0.93, 0.76, 0.62};

// A point of the world in continuous coordinates.
struct Point3 {
  double x, y, z;
};

// Draws in view coordinates, in which the viewer always looks from high x, y and z.
class Painter {
 public:
  Painter(const WorldSize& size, absl::Span<const Block> blocks, const WorldStyle& style)
      : size_(size),
        blocks_(blocks),
        style_(style),
        line_width_(std::max(0.5, style.edge / 16)),
        origin_{kMargin + size.d * kCos30 * style.edge,
                kMargin + (size.h - kLowestDrawn) * style.edge},
        canvas_(static_cast<int>(std::ceil(2 * kMargin + (size.w + size.d) * kCos30 * style.edge)),
                static_cast<int>(std::ceil(2 * kMargin + (size.w + size.d) * kSin30 * style.edge +
                                           (size.h - kLowestDrawn) * style.edge))) {}

  Canvas Run() {
    // In this order nothing drawn later lies behind what is drawn before.
    for (int x = 0; x < size_.w; ++x) {
      for (int z = 0; z < size_.d; ++z) {
        for (int y = kLowestDrawn; y < size_.h; ++y) {
          const Cell c{x, y, z};
          if (At(c) != kAir && !IsCovered(c)) DrawBlock(c);
          DrawPlayersIn(c);
        }
      }
    }
    return std::move(canvas_);
  }

 private:
  // The world's cell for a view cell, and the reverse.
  Cell Turned(Cell c) const {
    if (style_.corner == Corner::kHighXHighZ) return c;
    return {size_.w - 1 - c.x, c.y, size_.d - 1 - c.z};
  }
  Block At(Cell c) const { return size_.Contains(c) ? blocks_[size_.Index(Turned(c))] : kAir; }
  bool IsWrong(Cell c) const {
    return !style_.goal.empty() && style_.goal[size_.Index(Turned(c))] != At(c);
  }
  Point2 Project(Point3 p) const {
    return {origin_.x + (p.x - p.z) * kCos30 * style_.edge,
            origin_.y + ((p.x + p.z) * kSin30 - (p.y - kLowestDrawn)) * style_.edge};
  }

  // An outline for a wrong block lies within the face, where no neighbour is drawn over it.
  void DrawFace(const std::array<Point3, 4>& corners, Color fill, bool is_wrong) {
    std::array<Point2, 4> points;
    Point2 center;
    for (size_t i = 0; i < points.size(); ++i) {
      points[i] = Project(corners[i]);
      center = {center.x + points[i].x / 4, center.y + points[i].y / 4};
    }
    canvas_.Polygon(points, fill, {line_width_, kOutline});
    if (!is_wrong) return;
    for (Point2& point : points) {
      point = {center.x + kWrongInset * (point.x - center.x),
               center.y + kWrongInset * (point.y - center.y)};
    }
    canvas_.Lines(points, 2 * line_width_, kWrong, true);
  }

  // The faces of a box that the viewer sees. `hidden` says which of top, x and z to leave out.
  void DrawBox(Point3 low, Point3 high, Color color, bool is_wrong, std::array<bool, 3> hidden) {
    if (!hidden[0]) {
      DrawFace({{{low.x, high.y, low.z},
                 {high.x, high.y, low.z},
                 {high.x, high.y, high.z},
                 {low.x, high.y, high.z}}},
               color.Shaded(kTopShade), is_wrong);
    }
    if (!hidden[1]) {
      DrawFace({{{high.x, low.y, low.z},
                 {high.x, high.y, low.z},
                 {high.x, high.y, high.z},
                 {high.x, low.y, high.z}}},
               color.Shaded(kXShade), is_wrong);
    }
    if (!hidden[2]) {
      DrawFace({{{low.x, low.y, high.z},
                 {low.x, high.y, high.z},
                 {high.x, high.y, high.z},
                 {high.x, low.y, high.z}}},
               color.Shaded(kZShade), is_wrong);
    }
  }

  bool IsOpaque(Cell c) const { return At(c) != kAir && At(c) != kGlass; }

  // The viewer looks along (-1, -1, -1), so a cube covers exactly those on that diagonal behind it.
  bool IsCovered(Cell c) const {
    for (Cell front = c + Cell{1, 1, 1}; size_.Contains(front); front = front + Cell{1, 1, 1}) {
      if (IsOpaque(front)) return true;
    }
    return false;
  }

  void DrawBlock(Cell c) {
    const bool is_glass = At(c) == kGlass;
    // A face is hidden behind an opaque block, and between panes.
    const auto is_hidden = [&](Cell step) {
      return IsOpaque(c + step) || (is_glass && At(c + step) == kGlass);
    };
    DrawBox({1.0 * c.x, 1.0 * c.y, 1.0 * c.z}, {c.x + 1.0, c.y + 1.0, c.z + 1.0},
            kBlockColors[At(c)].WithAlpha(is_glass ? kGlassAlpha : 1), IsWrong(c),
            {is_hidden({0, 1, 0}), is_hidden({1, 0, 0}), is_hidden({0, 0, 1})});
  }

  // A player fills two cells; each half is drawn with its cell, so that blocks hide it rightly.
  void DrawPlayersIn(Cell c) {
    for (size_t i = 0; i < style_.players.size(); ++i) {
      const Cell feet = Turned(style_.players[i]);
      const Color color = kPlayerColors[std::min(i, kPlayerColors.size() - 1)];
      const auto part = [&](double half_width, double y0, double y1, Color part_color) {
        const double x = c.x + 0.5, z = c.z + 0.5;
        DrawBox({x - half_width, y0, z - half_width}, {x + half_width, y1, z + half_width},
                part_color, false, {});
      };
      if (c == feet) {
        part(0.22, c.y, c.y + 0.7, color.Shaded(0.6));
        part(0.28, c.y + 0.7, c.y + 1.0, color);
      } else if (c == feet + Cell{0, 1, 0}) {
        part(0.28, c.y, c.y + 0.3, color);
        part(0.24, c.y + 0.3, c.y + 0.8, kSkin);
      }
    }
  }

  const WorldSize size_;
  const absl::Span<const Block> blocks_;
  const WorldStyle& style_;
  const double line_width_;
  const Point2 origin_;  // Of the corner farthest from the viewer, on the drawn ground's underside.
  Canvas canvas_;
};

}  // namespace

Canvas DrawWorld(const WorldSize& size, absl::Span<const Block> blocks, const WorldStyle& style) {
  return Painter(size, blocks, style).Run();
}

Canvas DrawFromBothCorners(const WorldSize& size, absl::Span<const Block> blocks,
                           WorldStyle style) {
  style.corner = Corner::kHighXHighZ;
  const Canvas left = DrawWorld(size, blocks, style);
  style.corner = Corner::kLowXLowZ;
  const Canvas right = DrawWorld(size, blocks, style);
  Canvas both(left.width() + right.width(), left.height());
  both.Paste(left, 0, 0);
  both.Paste(right, left.width(), 0);
  return both;
}

}  // namespace hod::env
