// The learner: follows the shards of self-play, trains the network on a replay window of them and
// writes checkpoints.
#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// Learns until the configured end of training or `stop`; writes a checkpoint before it returns.
// Goes on from the newest checkpoint of the run, or starts with a random network.
absl::Status RunLearner(const RunDirectory& run, const std::atomic<bool>& stop);

}  // namespace hod::engine
