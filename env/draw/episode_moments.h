// A recorded episode played again, to be drawn.
#pragma once

#include "absl/functional/function_ref.h"
#include "env/draw/canvas.h"
#include "env/draw/frame.h"
#include "env/draw/moment.h"
#include "env/recordings/recorded_episode.h"

namespace hod::env {

// The steps to draw: every so many from `from` on, and `to`. Step t is that after t joint actions.
// Requires 0 <= from <= to <= number of joint actions, and every > 0.
struct DrawnSteps {
  int from, to, every;

  bool Hold(int t) const { return t == to || (t >= from && (t - from) % every == 0); }
};

// About seven, evenly spaced: those of a strip.
DrawnSteps StripSteps(int from, int to);

// Calls visit(t, moment) at each of the steps.
void ForEachMoment(const env::RecordedEpisode& episode, const DrawnSteps& steps,
                   absl::FunctionRef<void(int, const env::Moment&)> visit);

// The moments side by side, then the goal.
env::Canvas DrawStrip(const env::RecordedEpisode& episode, const DrawnSteps& steps,
                      const env::FrameStyle& style);

}  // namespace hod::env
