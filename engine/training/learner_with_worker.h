// Self-play and learning in one process, which is what two that use one GPU should be: two
// processes would take turns on it.
#pragma once

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// Whether the first self-play worker of a run belongs into its learner's process.
bool ShareProcess(const RunConfig& config);

// RunLearner(), with worker 0 beside it (RunSelfPlay()). What ends one ends the other.
absl::Status RunLearnerWithWorker(const RunDirectory& run, const std::string& record_directory,
                                  const std::atomic<bool>& stop);

}  // namespace hod::engine
