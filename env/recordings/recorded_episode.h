// Recorded episodes to be played again: those that Hod and the reference write, and recordings of
// people.
#pragma once

#include <memory>
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
  // Blocks that changed without a recorded action in recordings of people (`sync_blocks`, and what
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

// Reads the episodes of a file one after the other, in one pass. Holds one line and one episode.
class EpisodeReader {
 public:
  static absl::StatusOr<EpisodeReader> Open(const std::string& path);
  EpisodeReader(EpisodeReader&&) noexcept;
  ~EpisodeReader();

  // Whether the file's first line is that of a recording of people.
  bool holds_people() const;

  // The next episode; none at the end of the file. Errors name the file and the line.
  absl::StatusOr<std::optional<RecordedEpisode>> Next();
  // Passes over it without checking what its lines hold; false at the end of the file.
  absl::StatusOr<bool> Skip();

 private:
  class Source;
  class TraceSource;
  class PeopleSource;
  explicit EpisodeReader(std::unique_ptr<Source> source);

  std::unique_ptr<Source> source_;
};

// Makes `state`, to which the actions of `step` have led by the rules, what was observed.
void ApplyObserved(const Game& game, const RecordedStep& step, State& state);

// Episode number `index` >= 0 of a file. Errors are those of EpisodeReader; OutOfRange if there are
// fewer.
absl::StatusOr<RecordedEpisode> ReadEpisode(const std::string& path, int index);

}  // namespace hod::env
