// Plays many episodes at once, so that the network always has full batches and never waits: the
// episodes are in groups of one batch each, and while the leaves of some groups are evaluated,
// others play on.
//
//   thread 1 | network: group 1 | group 1 plays on | network: group 3 | ...
//   thread 2 | network: group 2      | group 2 plays on | network: group 1 ...
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "engine/play/episode.h"
#include "engine/play/timeline.h"
#include "mcts/evaluator.h"

namespace hod::engine {

// Where episodes come from and go to. Called by one thread at a time, in an order that does not
// depend on the threads.
class EpisodeStream {
 public:
  virtual ~EpisodeStream() = default;
  // The next episode to play; null when there are no more.
  virtual absl::StatusOr<std::unique_ptr<Episode>> Next() = 0;
  // A finished episode, exactly as Next() gave it.
  virtual absl::Status Finished(std::unique_ptr<Episode> episode) = 0;
  // Asked before every batch, and before new episodes begin; false abandons those in play.
  virtual absl::StatusOr<bool> Continue() { return true; }
};

struct PlayOptions {
  int concurrent = 64;  // Episodes in play.
  int batch = 8;        // Episodes of a group: positions of one call of the evaluator.
  int threads = 1;      // Keep at least two groups per thread, or some will wait.
};

// Plays until the stream has no more. Episodes that are in play together are played by several
// threads: their observers share nothing that is not locked. What comes of an episode depends on
// its seed, and through the rounding of the network on what shares its batch, which depends on the
// options but not on the threads. `evaluator` may be null if no episode searches, `timeline` if
// nobody looks.
absl::Status PlayEpisodes(EpisodeStream& stream, mcts::Evaluator* evaluator,
                          const PlayOptions& options, Timeline* timeline = nullptr);

}  // namespace hod::engine
