// Plays many episodes at once on one thread, so that every call of the evaluator is a full batch.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "engine/play/assisted_episode.h"
#include "mcts/evaluator.h"

namespace hod::engine {

// Where episodes come from and go to.
class EpisodeStream {
 public:
  virtual ~EpisodeStream() = default;
  // The next episode to play; null when there are no more.
  virtual absl::StatusOr<std::unique_ptr<AssistedEpisode>> Next() = 0;
  // A finished episode, exactly as Next() gave it.
  virtual absl::Status Finished(std::unique_ptr<AssistedEpisode> episode) = 0;
  // Asked before every batch; false abandons the episodes in play.
  virtual absl::StatusOr<bool> Continue() { return true; }
};

// Keeps `concurrent` episodes going until the stream has no more. Each episode has one leaf in
// every batch. `evaluator` may be null if no episode searches.
absl::Status PlayEpisodes(EpisodeStream& stream, mcts::Evaluator* evaluator, int concurrent);

}  // namespace hod::engine
