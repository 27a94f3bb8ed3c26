// Trains a run: starts a learner and self-play workers as processes of their own, watches over them
// and shows how far they are. PPO plays and learns in this process.
#pragma once

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// Returns when training is complete; at once if it already was. A worker that dies is replaced; a
// learner that fails, or a worker that keeps failing, is an error that ends with the last lines
// it printed. On `stop`, lets the processes finish what they write and returns a cancelled status.
// `record_directory` as for RunSelfPlay().
absl::Status Train(const RunDirectory& run, const std::string& record_directory,
                   const std::atomic<bool>& stop);

}  // namespace hod::engine
