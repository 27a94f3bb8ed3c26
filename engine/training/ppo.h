// Trains by PPO (models/training/ppo_trainer.h): a builder, alone in its world and with the goal in
// sight, which is a human model that has learnt what pays instead of imitating people; or an
// assistant beside the run's human, as the paper's baselines do.
#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// Plays and learns in turn until the configured end of training or `stop`, with a progress line on
// standard error; writes a checkpoint before it returns. Goes on from the newest checkpoint of the
// run with new episodes, or starts with a random network. Requires a config with
// learner.algorithm = "ppo".
absl::Status RunPpo(const RunDirectory& run, const std::atomic<bool>& stop);

}  // namespace hod::engine
