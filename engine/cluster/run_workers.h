// A machine that plays for a run whose learner is elsewhere.
#pragma once

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "engine/cluster/worker_link.h"

namespace hod::engine {

struct WorkersOptions {
  std::string directory;  // The run as this machine sees it; made if it is missing.
  int workers = 1;        // Self-play processes.
  SpoolOptions spool;
};

// Waits for the run, starts its workers and passes on what they play, until `stop`. A worker that
// dies is replaced; one that keeps failing is an error, and so is a run that has become another.
absl::Status RunWorkers(RunExchange& exchange, const WorkersOptions& options,
                        const std::atomic<bool>& stop);

}  // namespace hod::engine
