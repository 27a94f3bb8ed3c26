#include "env/draw/episode_moments.h"

#include <algorithm>
#include <vector>

namespace hod::env {
namespace {

constexpr int kStripIntervals = 6;

}  // namespace

DrawnSteps StripSteps(int from, int to) {
  return {from, to, std::max(1, (to - from + kStripIntervals - 1) / kStripIntervals)};
}

void ForEachMoment(const env::RecordedEpisode& episode, const DrawnSteps& steps,
                   absl::FunctionRef<void(int, const env::Moment&)> visit) {
  env::Moment moment{episode.start, {}};
  for (int t = 0;; ++t) {
    if (steps.Hold(t)) visit(t, moment);
    if (t == steps.to) return;
    const env::RecordedStep& step = episode.steps[t];
    env::Advance(episode.game, step.actions, moment);
    env::ApplyObserved(episode.game, step, moment.state);
    for (int p = 0; episode.viewer && p < episode.game.num_players(); ++p) {
      if (p != *episode.viewer) moment.moves[p].reset();
    }
  }
}

env::Canvas DrawStrip(const env::RecordedEpisode& episode, const DrawnSteps& steps,
                      const env::FrameStyle& style) {
  std::vector<env::Moment> moments;
  ForEachMoment(episode, steps, [&](int, const env::Moment& moment) { moments.push_back(moment); });
  return env::DrawStrip(episode.game, moments, style);
}

}  // namespace hod::env
