#include "env/draw/world.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "env/draw/sheet.h"

namespace hod::env {
namespace {

constexpr int kLowestDrawn = 1;  // Bedrock is left out.
constexpr int kMargin = 6;       // Around a drawing of its own.

// Above the world there is room for the head of a player who stands in the highest layer.
int DrawnTop(const WorldSize& size) { return size.h + 1; }

// Opacities of missing blocks are drawn in so many steps, the last of which is 1.
constexpr int kOpacityLevels = 10;
int LevelOf(double opacity) {
  return std::clamp(static_cast<int>(std::lround(opacity * kOpacityLevels)), 1, kOpacityLevels);
}

int ContourWidth(int tile) { return std::max(1, tile / 12); }

// Both halves of a player, one above the other as on the screen.
Sprite Figure(const Sprite& legs, const Sprite& head, int tile) {
  Sprite figure(legs.width, legs.height + tile);
  for (int y = 0; y < figure.height; ++y) {
    for (int x = 0; x < figure.width; ++x) {
      const uint32_t upper = y < head.height ? head.At(x, y) : 0;
      figure.At(x, y) = upper != 0 ? upper : y >= tile ? legs.At(x, y - tile) : 0;
    }
  }
  return figure;
}

}  // namespace

// One picture as it is drawn, in view coordinates, in which the viewer always looks from high x, y
// and z.
class WorldPainter::Pass {
 public:
  Pass(WorldPainter* painter, absl::Span<const Block> blocks, const WorldStyle& style,
       Canvas* canvas, int left, int top)
      : painter_(*painter),
        size_(painter->size_),
        tile_(painter->tile_),
        blocks_(blocks),
        style_(style),
        canvas_(*canvas),
        left_(left + size_.d * tile_),
        top_(top + (DrawnTop(size_) - kLowestDrawn) * tile_) {}

  void Run() {
    // In this order, nothing drawn later lies behind what is drawn before.
    for (int x = 0; x < size_.w; ++x) {
      for (int z = 0; z < size_.d; ++z) {
        for (int y = kLowestDrawn; y < DrawnTop(size_); ++y) DrawVoxel({x, y, z});
      }
    }
    for (const WorldStyle::Touch& touch : style_.touches) {
      const Sprite& sprite = painter_.TouchSprite(touch.player);
      Blit(sprite, Turned(touch.cell), (2 * tile_ - sprite.width) / 2);
    }
    for (size_t i = 0; i < style_.players.size(); ++i) DrawContour(static_cast<int>(i));
  }

 private:
  // The world's cell for a view cell, and the reverse.
  Cell Turned(Cell c) const {
    if (style_.corner == Corner::kHighXHighZ) return c;
    return {size_.w - 1 - c.x, c.y, size_.d - 1 - c.z};
  }
  Block At(Cell c) const { return size_.Contains(c) ? blocks_[size_.Index(Turned(c))] : kAir; }
  Block GoalAt(Cell c) const {
    return size_.Contains(c) && !style_.goal.empty() ? style_.goal[size_.Index(Turned(c))] : At(c);
  }
  bool IsOpaque(Cell c) const { return At(c) != kAir && At(c) != kGlass; }
  bool ShowsMissing(Cell c) const {
    return style_.show_missing && MarkOf(At(c), GoalAt(c)) == Mark::kMissing;
  }

  int LevelAt(Cell c) const {
    return LevelOf(style_.missing_opacity.empty() ? kGhostOpacity
                                                  : style_.missing_opacity[size_.Index(Turned(c))]);
  }

  // A cube covers exactly those behind it on the line of sight.
  bool IsCovered(Cell c) const {
    for (Cell front = c + Cell{1, 1, 1}; size_.Contains(front); front = front + Cell{1, 1, 1}) {
      if (IsOpaque(front)) return true;
    }
    return false;
  }

  // `offset` is that of a sprite's corner from the corner of the voxel's hexagon, in both
  // directions.
  void Blit(const Sprite& sprite, Cell c, int offset = 0) {
    canvas_.Blit(sprite, left_ + (c.x - c.z - 1) * tile_ + offset,
                 top_ + (c.x + c.z) * tile_ / 2 - (c.y + 1 - kLowestDrawn) * tile_ + offset);
  }

  void DrawVoxel(Cell c) {
    const bool is_missing = ShowsMissing(c);
    if ((At(c) != kAir || is_missing) && !IsCovered(c)) {
      const bool is_glass = At(c) == kGlass;
      // A face is hidden behind an opaque block, between panes, and between missing blocks, where
      // the one in front is no fainter.
      const auto bit = [&](Cell step, Face face) {
        const bool hidden =
            IsOpaque(c + step) || (is_glass && At(c + step) == kGlass) ||
            (is_missing && ShowsMissing(c + step) && LevelAt(c + step) >= LevelAt(c));
        return hidden ? 0 : 1 << static_cast<int>(face);
      };
      const int faces =
          bit({0, 1, 0}, Face::kTop) | bit({1, 0, 0}, Face::kX) | bit({0, 0, 1}, Face::kZ);
      if (faces != 0) {
        Blit(painter_.BlockSprite(is_missing ? GoalAt(c) : At(c), MarkOf(At(c), GoalAt(c)),
                                  static_cast<FaceSet>(faces), LevelAt(c)),
             c);
      }
    }
    // A player fills two voxels; each half is drawn with its voxel, so that blocks hide it rightly.
    for (size_t i = 0; i < style_.players.size(); ++i) {
      const Cell feet = Turned(style_.players[i]);
      if (c == feet) Blit(painter_.SpritesOf(static_cast<int>(i)).legs, c);
      if (c == feet + Cell{0, 1, 0}) Blit(painter_.SpritesOf(static_cast<int>(i)).head, c);
    }
  }

  void DrawContour(int player) {
    const PlayerSprites& sprites = painter_.SpritesOf(player);
    const Cell head = Turned(style_.players[player]) + Cell{0, 1, 0};
    for (const Sprite* sprite : {&sprites.halo, &sprites.contour}) {
      Blit(*sprite, head, (2 * tile_ - sprite->width) / 2);
    }
  }

  WorldPainter& painter_;
  const WorldSize size_;
  const int tile_;
  const absl::Span<const Block> blocks_;
  const WorldStyle& style_;
  Canvas& canvas_;
  const int left_,
      top_;  // The corner farthest from the viewer, on the drawn ground's underside.
};

WorldPainter::WorldPainter(const WorldSize& size, int tile)
    : size_(size),
      tile_(tile),
      blocks_(kNumBlocks * kNumMarks * (kOpacityLevels + 1) * (kAllFaces + 1)) {}

int WorldPainter::height() const {
  return (size_.w + size_.d) * tile_ / 2 + (DrawnTop(size_) - kLowestDrawn) * tile_;
}

void WorldPainter::Paint(absl::Span<const Block> blocks, const WorldStyle& style, Canvas& canvas,
                         int left, int top) {
  Pass(this, blocks, style, &canvas, left, top).Run();
}

const Sprite& WorldPainter::BlockSprite(Block block, Mark mark, FaceSet faces, int level) {
  if (mark != Mark::kMissing) level = 0;
  const int kind = (block * kNumMarks + static_cast<int>(mark)) * (kOpacityLevels + 1) + level;
  std::optional<Sprite>& sprite = blocks_[kind * (kAllFaces + 1) + faces];
  if (!sprite) {
    sprite =
        DrawBlockSprite(block, mark, faces, tile_, static_cast<double>(level) / kOpacityLevels);
  }
  return *sprite;
}

const WorldPainter::PlayerSprites& WorldPainter::SpritesOf(int player) {
  while (static_cast<int>(players_.size()) <= player) {
    const int i = static_cast<int>(players_.size()), width = ContourWidth(tile_);
    const Sprite legs = DrawLegsSprite(i, tile_), head = DrawHeadSprite(i, tile_);
    const Sprite figure = Figure(legs, head, tile_);
    players_.push_back({legs, head, DrawContour(figure, 2 * width, kWhite.WithAlpha(0.9)),
                        DrawContour(figure, width, PlayerColor(i))});
  }
  return players_[player];
}

const Sprite& WorldPainter::TouchSprite(int player) {
  while (static_cast<int>(touches_.size()) <= player) {
    const int i = static_cast<int>(touches_.size());
    touches_.push_back(DrawContour(DrawBlockSprite(kStone, Mark::kRight, kAllFaces, tile_),
                                   ContourWidth(tile_), PlayerColor(i)));
  }
  return touches_[player];
}

Canvas DrawWorld(const WorldSize& size, absl::Span<const Block> blocks, const WorldStyle& style,
                 int tile) {
  WorldPainter painter(size, tile);
  Canvas canvas(painter.width() + 2 * kMargin, painter.height() + 2 * kMargin, kSky);
  painter.Paint(blocks, style, canvas, kMargin, kMargin);
  return canvas;
}

Canvas DrawFromBothCorners(const WorldSize& size, absl::Span<const Block> blocks, WorldStyle style,
                           int tile) {
  style.corner = Corner::kHighXHighZ;
  std::vector<Canvas> both;
  both.push_back(DrawWorld(size, blocks, style, tile));
  style.corner = Corner::kLowXLowZ;
  both.push_back(DrawWorld(size, blocks, style, tile));
  return DrawGrid(both, 2);
}

}  // namespace hod::env
