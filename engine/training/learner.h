// The learner: follows the shards of self-play, trains the network on a replay window of them and
// writes checkpoints.
#pragma once

#include <atomic>
#include <functional>

#include "absl/status/status.h"
#include "engine/training/run_directory.h"
#include "models/training/collective.h"

namespace hod::engine {

// Learns until the configured end of training or `stop`; writes a checkpoint before it returns.
// Goes on from the newest checkpoint of the run, or starts with a random network. A run of several
// learners (learner.learners) needs `peers`, of that size: each learns from the workers of its
// part. `report`, if any, is called about every two seconds, with the share of training that is
// done.
absl::Status RunLearner(const RunDirectory& run, const std::atomic<bool>& stop,
                        models::Collective* peers = nullptr,
                        const std::function<void(double)>& report = nullptr);

}  // namespace hod::engine
