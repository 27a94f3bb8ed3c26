// Worlds as plain text, for terminals: their layers side by side, from the ground up.
//
//   y=2             y=3
//    P P!S p p       . .1. . .
//    P . . . .       . . . . .
//
// A voxel is a sign and a letter. The letter is that of its block, small if the block is missing;
// the sign is ! before a wrong block and the number of a player who stands there. x runs to the
// right, z down.
#pragma once

#include <string>

#include "absl/types/span.h"
#include "env/draw/frame.h"
#include "env/draw/moment.h"
#include "env/draw/world.h"

namespace hod::env {

struct TerminalStyle {
  bool color = false;  // The same text in 24-bit colours (ISO 8613-6 escape sequences).
  int columns = 100;   // Layers that do not fit go below; one layer is never broken.
};

// The layers above bedrock, up to the last that holds something. `style.corner` and `style.touches`
// are of no account.
std::string WorldText(const WorldSize& size, absl::Span<const Block> blocks,
                      const WorldStyle& style, const TerminalStyle& terminal);

// What its letters and signs mean, on lines of their own after an empty one.
std::string LegendText(int num_players, bool marks, const TerminalStyle& terminal);

// Progress, moves, world and legend. A goal beside the world is left to pictures: only wrong blocks
// are marked.
std::string MomentText(const Game& game, const Moment& moment, GoalDisplay goal,
                       const TerminalStyle& terminal);

// A caption, the goal and a legend.
std::string GoalText(const WorldSize& size, absl::Span<const Block> goal,
                     const std::string& caption, const TerminalStyle& terminal);

}  // namespace hod::env
