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
  int hosts = 2;          // Of one worker each, besides those of the run itself.
};

// Trains until the run is trained or `stop` is set. Of the others, one that dies is started again,
// and one that keeps failing is given up and said. Needs redis-server.
absl::Status RunLocalCluster(const LocalCluster& cluster, const std::atomic<bool>& stop);

}  // namespace hod::engine
