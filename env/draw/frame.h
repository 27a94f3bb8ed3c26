// A game as a picture: the world from one corner or two, what the players just did, and a legend.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "env/draw/canvas.h"
#include "env/draw/moment.h"
#include "env/draw/world.h"

namespace hod::env {

enum class GoalDisplay {
  kGhost,   // Missing blocks are translucent, wrong ones are crossed out.
  kBeside,  // Wrong blocks are crossed out; the goal stands beside the world.
  kHidden,  // The world alone.
};

struct FrameStyle {
  GoalDisplay goal = GoalDisplay::kGhost;
  bool both_corners = false;
};

// Half the width of a voxel where a view of the world is the picture: about 500 pixels wide.
int TileFor(const WorldSize& size);

// What a drawing of a moment shows of the world, from one corner.
WorldStyle StyleOf(const Game& game, const Moment& moment, GoalDisplay goal);

// Pictures of one game, all of one size.
class FramePainter {
 public:
  // `game` outlives this.
  FramePainter(const Game* game, const FrameStyle& style);

  // Valid until the next call.
  const Canvas& Draw(const Moment& moment);

 private:
  const Game* game_;
  FrameStyle style_;
  WorldPainter world_;
  std::vector<Corner> corners_;
  int top_;            // Top of the views, below the caption.
  Canvas background_;  // Legend, and the goal if it stands beside.
  Canvas frame_;
};

// A goal alone, with a caption and a legend.
Canvas DrawGoal(const WorldSize& size, absl::Span<const Block> goal, const std::string& caption,
                bool both_corners);

// Moments side by side, then the goal, and a legend; for a glance over an episode. At least one
// moment.
Canvas DrawStrip(const Game& game, absl::Span<const Moment> moments, const FrameStyle& style);

}  // namespace hod::env
