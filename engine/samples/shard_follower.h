// How the learner hears of new shards: by looking into the directory from time to time.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"

namespace hod::engine {

struct NewShards {
  std::vector<Shard> shards;  // Oldest first, by time of completion, then by worker and sequence.
  // Of shards that cannot be read or are of another game. Each is reported this once and skipped:
  // one bad file must not stop the training.
  std::vector<absl::Status> refused;
};

class ShardFollower {
 public:
  // Follows `directory` for shards of the game `config`.
  ShardFollower(std::string directory, env::GameConfig config)
      : directory_(std::move(directory)), config_(std::move(config)) {}

  // The shards completed since the last call. An error (the directory cannot be listed) loses
  // nothing: the next call makes up for it.
  absl::StatusOr<NewShards> Poll() { return Read(kAll); }

  // For a learner that restarts: as Poll(), but only as many of the newest shards as together hold
  // at least `timesteps`; the older ones are never read.
  absl::StatusOr<NewShards> PollNewest(int64_t timesteps) { return Read(timesteps); }

 private:
  static constexpr int64_t kAll = INT64_MAX;
  absl::StatusOr<NewShards> Read(int64_t timesteps);

  std::string directory_;
  env::GameConfig config_;
  std::set<ShardId> seen_;  // Those of the last listing.
};

}  // namespace hod::engine
