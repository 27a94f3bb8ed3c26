#include "env/players/patience.h"

#include <algorithm>

#include "env/players/navigation.h"

namespace hod::env {
namespace {

// Builders go on in the layer where they are, within so many voxels of what they have done last.
constexpr int kSoon = 4;
// The doubt that is allowed where an edit can wait, as a share of that where it can't.
constexpr double kDoubtWhileWaiting = 0.5;
// After so many timesteps without an edit by others, nothing waits any longer.
constexpr int kPause = 100;

}  // namespace

void Patience::Look(const State& state) {
  for (int at = 0; at < game_.size().Volume(); ++at) {
    const int editor = state.last_interacted[at];
    if (editor == kNobody || editor == player_) continue;
    Edit& last = work_[editor];
    if (state.interacted_at[at] > last.timestep) {
      last = {game_.size().At(at), state.interacted_at[at]};
    }
  }
  int newest = 0;  // Before the first edit, others are expected to begin.
  for (const Edit& last : work_) newest = std::max(newest, last.timestep);
  others_show_more_ = game_.num_players() > 1 && state.timestep - newest <= kPause;
}

double Patience::Asked(double threshold, Cell cell) const {
  const bool soon = std::any_of(work_.begin(), work_.end(), [&](const Edit& last) {
    return last.timestep != kNever && cell.y == last.cell.y && L1Distance(cell, last.cell) <= kSoon;
  });
  return soon || !others_show_more_ ? threshold : 1 - kDoubtWhileWaiting * (1 - threshold);
}

}  // namespace hod::env
