// What a run on many machines can carry: recorded shards, replayed as many workers through a real
// Redis to a real `hod link`, beside a plain copy of the same bytes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace hod::benchmarks {

struct ClusterLoadSetup {
  std::string run;     // The run whose shards are sent.
  std::string folder;  // Where the learner's run and the log of Redis are, for a while.
  std::vector<int> workers = {10, 30, 100, 300};
  double shard_seconds = 2;  // That a worker plays for a shard.
  double seconds = 20;       // Each number of workers is measured for so long.
};

// A file as those of docs/results, with the tables
//   services  what a shard takes of each, alone; `hod study cluster` reads them
//   loads     what passes, how long it takes and what it costs, by the number of workers
// Shows progress. Needs redis-server, and `hod` beside this program.
absl::StatusOr<nlohmann::json> MeasureClusterLoad(const ClusterLoadSetup& setup,
                                                  const std::string& command);

}  // namespace hod::benchmarks
