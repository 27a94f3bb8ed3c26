// A self-play worker: plays episodes with the newest network and writes what happens as shards.
#pragma once

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// Plays until `stop`. Waits for the run's first checkpoint. With a `record_directory`, every
// finished episode is also recorded there as a trace.
absl::Status RunSelfPlay(const RunDirectory& run, int worker, const std::string& record_directory,
                         const std::atomic<bool>& stop);

}  // namespace hod::engine
