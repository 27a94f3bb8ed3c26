#include "env/draw/frame.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "env/draw/legend.h"
#include "env/draw/sheet.h"

namespace hod::env {
namespace {

constexpr int kMargin = 8, kLineHeight = 19, kMinWidth = 520;  // Holds the longest caption.
constexpr double kTextSize = 14;
constexpr int kStripColumns = 4;

std::vector<Corner> Corners(bool both) {
  if (both) return {Corner::kHighXHighZ, Corner::kLowXLowZ};
  return {Corner::kHighXHighZ};
}

int CaptionHeight(int num_lines) { return kMargin + num_lines * kLineHeight; }

// An empty frame for `num_views` of the painter's world below a caption of `top` pixels, with a
// legend.
Canvas Background(const WorldPainter& world, int num_views, int top, const LegendItems& items) {
  const int width = std::max(kMinWidth, kMargin + num_views * (world.width() + kMargin));
  const Canvas legend = DrawLegend(width, items);
  const int legend_top = top + world.height() + kMargin;
  Canvas canvas(width, legend_top + legend.height(), kSky);
  canvas.Paste(legend, 0, legend_top);
  return canvas;
}

void DrawLine(Canvas& canvas, int line, const std::string& text, Color color, bool bold) {
  canvas.Text({1.0 * kMargin, kMargin + (line + 0.75) * kLineHeight}, text,
              {.size = kTextSize, .color = color, .bold = bold});
}

// One view for each corner, side by side; the first is view number `first` of the canvas.
void PaintViews(WorldPainter& world, absl::Span<const Block> blocks, WorldStyle style,
                absl::Span<const Corner> corners, Canvas& canvas, int first, int top) {
  int left = kMargin + first * (world.width() + kMargin);
  for (const Corner corner : corners) {
    style.corner = corner;
    world.Paint(blocks, style, canvas, left, top);
    left += world.width() + kMargin;
  }
}

}  // namespace

int TileFor(const WorldSize& size) { return std::clamp(504 / (size.w + size.d) / 2 * 2, 4, 32); }

WorldStyle StyleOf(const Game& game, const Moment& moment, GoalDisplay goal) {
  WorldStyle style;
  if (goal != GoalDisplay::kHidden) style.goal = game.goal();
  style.show_missing = goal == GoalDisplay::kGhost;
  const std::vector<int> order = PlayersInOrder(game);
  if (!game.config().abilities.teleportation) {
    for (const int p : order) style.players.push_back(moment.state.players[p].feet);
  }
  if (moment.moves.empty()) return style;
  for (size_t place = 0; place < order.size(); ++place) {
    const std::optional<PlayerMove>& move = moment.moves[order[place]];
    if (!move || !move->had_effect) continue;
    if (!(move->action.type == ActionType::kPlace || move->action.type == ActionType::kBreak)) {
      continue;
    }
    style.touches.push_back({game.size().At(move->action.location), static_cast<int>(place)});
  }
  return style;
}

FramePainter::FramePainter(const Game* game, const FrameStyle& style)
    : game_(game),
      style_(style),
      world_(game->size(), TileFor(game->size())),
      corners_(Corners(style.both_corners)),
      top_(CaptionHeight(1 + game->num_players())),
      background_(Background(
          world_, static_cast<int>(corners_.size()) * (style.goal == GoalDisplay::kBeside ? 2 : 1),
          top_, {.marks = style.goal != GoalDisplay::kHidden, .num_players = game->num_players()})),
      frame_(background_.width(), background_.height()) {
  if (style.goal != GoalDisplay::kBeside) return;
  PaintViews(world_, game->goal(), {}, corners_, background_, static_cast<int>(corners_.size()),
             top_);
}

const Canvas& FramePainter::Draw(const Moment& moment) {
  frame_.Paste(background_, 0, 0);
  DrawLine(frame_, 0, DescribeProgress(*game_, moment.state), kBlack, true);
  const std::vector<std::string> moves = DescribeMoves(*game_, moment);
  for (size_t i = 0; i < moves.size(); ++i) {
    const int place = static_cast<int>(i);
    DrawLine(frame_, 1 + place, moves[i], PlayerColor(place).Shaded(0.85), false);
  }
  PaintViews(world_, moment.state.blocks, StyleOf(*game_, moment, style_.goal), corners_, frame_, 0,
             top_);
  return frame_;
}

Canvas DrawGoal(const WorldSize& size, absl::Span<const Block> goal, const std::string& caption,
                bool both_corners) {
  WorldPainter world(size, TileFor(size));
  const std::vector<Corner> corners = Corners(both_corners);
  const int top = CaptionHeight(1);
  Canvas canvas = Background(world, static_cast<int>(corners.size()), top, {});
  DrawLine(canvas, 0, caption, kBlack, true);
  PaintViews(world, goal, {}, corners, canvas, 0, top);
  return canvas;
}

Canvas DrawStrip(const Game& game, absl::Span<const Moment> moments, const FrameStyle& style) {
  const auto draw = [&](absl::Span<const Block> blocks, const WorldStyle& world) {
    return style.both_corners ? DrawFromBothCorners(game.size(), blocks, world)
                              : DrawWorld(game.size(), blocks, world);
  };
  std::vector<Captioned> drawings;
  for (const Moment& moment : moments) {
    WorldStyle world = StyleOf(game, moment, style.goal);
    world.touches.clear();  // They tell little where most moments are left out.
    const double percent = 100 * game.GoalPercentage(moment.state, 0);
    drawings.push_back({absl::StrFormat("step %d, %.0f%%", moment.state.timestep, percent),
                        draw(moment.state.blocks, world)});
  }
  if (style.goal != GoalDisplay::kHidden) drawings.push_back({"goal", draw(game.goal(), {})});
  const Canvas sheet = DrawSheet(drawings, kStripColumns);
  const Canvas legend = DrawLegend(sheet.width(), {.marks = style.goal != GoalDisplay::kHidden,
                                                   .num_players = game.num_players()});
  Canvas strip(sheet.width(), sheet.height() + legend.height());
  strip.Paste(sheet, 0, 0);
  strip.Paste(legend, 0, sheet.height());
  return strip;
}

}  // namespace hod::env
