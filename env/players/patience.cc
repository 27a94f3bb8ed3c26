#include "env/players/patience.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "env/players/navigation.h"

namespace hod::env {
namespace {

// Builders go on in the layer where they are, within so many voxels of what they have done last.
constexpr int kSoon = 4;
// The doubt that is allowed where an edit can wait, as a share of that where it can't.
constexpr double kDoubtWhileWaiting = 0.5;
// Nobody waits any longer after so many timesteps without an edit of others.
constexpr int kPause = 100;

}  // namespace

void Patience::Look(const State& state) {
  absl::InlinedVector<int, 4> latest(game_.num_players(), -1);  // Location of each one's last edit.
  for (int at = 0; at < game_.size().Volume(); ++at) {
    const int editor = state.last_interacted[at];
    if (editor == kNobody || editor == player_) continue;
    int& edit = latest[editor];
    if (edit < 0 || state.interacted_at[at] > state.interacted_at[edit]) edit = at;
  }
  at_work_.clear();
  int last = 0;  // Timestep of the last edit of all, or the beginning.
  for (const int edit : latest) {
    if (edit < 0) continue;
    at_work_.push_back(game_.size().At(edit));
    last = std::max(last, state.interacted_at[edit]);
  }
  others_show_more_ = game_.num_players() > 1 && state.timestep - last <= kPause;
}

double Patience::Asked(double threshold, Cell cell) const {
  const bool soon = std::any_of(at_work_.begin(), at_work_.end(), [&](Cell edit) {
    return cell.y == edit.y && L1Distance(cell, edit) <= kSoon;
  });
  return soon || !others_show_more_ ? threshold : 1 - kDoubtWhileWaiting * (1 - threshold);
}

}  // namespace hod::env
