// Plays many episodes at once, so that the network always has full batches and never waits: while
// the leaves of one half of the episodes are evaluated, the other half plays on.
//
//   network  | leaves of A | leaves of B | leaves of A | ...
//   games    | B plays on  | A plays on  | B plays on  | ...    on the same threads, as tasks
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "engine/play/assisted_episode.h"
#include "engine/play/timeline.h"
#include "mcts/evaluator.h"

namespace hod::engine {

// Where episodes come from and go to. Called by one thread at a time, in an order that does not
// depend on the threads.
class EpisodeStream {
 public:
  virtual ~EpisodeStream() = default;
  // The next episode to play; null when there are no more.
  virtual absl::StatusOr<std::unique_ptr<AssistedEpisode>> Next() = 0;
  // A finished episode, exactly as Next() gave it.
  virtual absl::Status Finished(std::unique_ptr<AssistedEpisode> episode) = 0;
  // Asked while no evaluation is under way, once for every batch; false abandons the episodes in
  // play.
  virtual absl::StatusOr<bool> Continue() { return true; }
};

struct PlayOptions {
  int concurrent = 64;  // Episodes in play; each has one leaf in every second batch.
  int batch = 8;        // Positions of one call of the evaluator; calls run side by side.
  int threads = 1;
};

// Plays until the stream has no more. Episodes that are in play together are played by several
// threads: their observers share nothing that is not locked. What comes of an episode depends on
// its seed, and through the rounding of the network on what shares its batch, which depends on the
// options but not on the threads. `evaluator` may be null if no episode searches, `timeline` if
// nobody looks.
absl::Status PlayEpisodes(EpisodeStream& stream, mcts::Evaluator* evaluator,
                          const PlayOptions& options, Timeline* timeline = nullptr);

}  // namespace hod::engine
