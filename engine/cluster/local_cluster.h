// A cluster on one machine, to try it: Redis, a learner with its link, and hosts of workers, each a
// process with a folder of its own.
#pragma once

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "engine/config/run_config.h"

namespace hod::engine {

struct LocalCluster {
  RunConfig config;
  std::string directory;  // DIR/run, DIR/host-1, ..., DIR/redis.
  int hosts = 2;          // Each has one worker, and the run itself has its own.
};

// Trains until the run is trained or `stop` is set. A host, a link or a Redis that dies is started
// again; one that keeps failing is given up, and a warning says so. Needs redis-server.
absl::Status RunLocalCluster(const LocalCluster& cluster, const std::atomic<bool>& stop);

}  // namespace hod::engine
