// A moment of a recorded game to be explained, and what was played next.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "env/draw/moment.h"
#include "env/recordings/recorded_episode.h"

namespace hod::engine {

struct ExplainedMoment {
  env::Game game;
  env::Moment moment;
  int human = 0, assistant = 0;  // Players.
  // [num_players], as far as recorded; none after the last step.
  std::vector<std::optional<env::Action>> played;
};

// After `step` joint actions. The human is the first player who sees the goal, the assistant the
// first who does not. Out of range: a step that the episode does not have. Failed precondition: an
// episode without one of the two.
absl::StatusOr<ExplainedMoment> MomentAt(const env::RecordedEpisode& episode, int step);

}  // namespace hod::engine
