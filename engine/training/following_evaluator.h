// The newest network of a run, for workers that play while it is being trained.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "absl/status/statusor.h"
#include "engine/training/run_directory.h"
#include "env/base/clock.h"
#include "mcts/evaluator.h"

namespace hod::engine {

class FollowingEvaluator : public mcts::Evaluator {
 public:
  // `run` outlives this. Nothing can be evaluated before Refresh() has found a checkpoint.
  explicit FollowingEvaluator(const RunDirectory* run) : run_(run) {}

  // Looks for a newer checkpoint, at most every second. Returns whether there is a network to play
  // with. May be called while evaluations are under way.
  absl::StatusOr<bool> Refresh();

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override;

  int64_t step() const { return step_; }            // Training step of the network.
  int64_t timesteps() const { return timesteps_; }  // Self-play it has been trained on.
  int64_t num_evaluations() const { return num_evaluations_; }

 private:
  const RunDirectory* run_;
  std::mutex mutex_;  // Guards network_: the old one goes on with what it has begun.
  std::shared_ptr<mcts::Evaluator> network_;
  int64_t step_ = -1;
  int64_t timesteps_ = 0;
  std::atomic<int64_t> num_evaluations_ = 0;
  MonotonicTime next_look_;
};

}  // namespace hod::engine
