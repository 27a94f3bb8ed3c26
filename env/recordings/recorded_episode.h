// Recorded episodes to be played again: those that Hod and the reference write, and recordings of
// people.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "env/game/game.h"

namespace hod::env {

// A joint action, and what was observed after it that the rules do not give.
struct RecordedStep {
  struct Voxel {
    int location;
    Block block;
    int8_t last_interacted;
  };
  std::vector<Action> actions;  // [num_players]; noops where none is recorded.
  // In recordings of people: blocks that changed without a recorded action (`sync_blocks`, and what
  // others do in one player's view), ...
  std::vector<Voxel> observed_voxels = {};
  // ... and all players, if one is elsewhere or carries other blocks; else empty.
  std::vector<PlayerState> observed_players = {};
};

struct RecordedEpisode {
  Game game;
  State start;  // Timestep 0 in recordings of people, whose rows are the steps.
  std::vector<RecordedStep> steps;
  std::optional<int> viewer;  // The only player whose actions are recorded; none: all players'.
};

// Whether a file's first line is that of a recording of people.
absl::StatusOr<bool> HoldsPeople(const std::string& path);

// Makes `state`, to which the actions of `step` have led by the rules, what was observed.
void ApplyObserved(const Game& game, const RecordedStep& step, State& state);

// Episode number `index` >= 0 of a file; whether it holds recordings of people is seen from its
// first line. Holds one line and the episode. Errors name the file and the line; OutOfRange if
// there are fewer.
absl::StatusOr<RecordedEpisode> ReadEpisode(const std::string& path, int index);

}  // namespace hod::env
