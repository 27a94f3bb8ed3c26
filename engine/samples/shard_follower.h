// How the learner hears of new shards: by looking into the directory from time to time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"

namespace hod::engine {

struct NewShards {
  std::vector<Shard> shards;  // Oldest first, by time of completion, then by worker and sequence.
  std::vector<ShardId> ids;   // Theirs.
  // Errors of shards that cannot be read or are of another game. Each is reported this once and
  // skipped: one bad file must not stop the training.
  std::vector<absl::Status> refused;
  std::vector<ShardId> refused_ids;
};

// The sequence of the next shard of every worker.
using NextSequences = std::map<int, int64_t>;

// Since workers number their shards upwards, it is enough to ask whether the next of each worker is
// there. The whole directory is listed for workers not yet known, the more rarely the more it
// holds: a poll takes a bounded time on average.
class ShardFollower {
 public:
  // Follows `directory` for shards of the game `config`, from `next` on, of the workers in `part`;
  // those of `next` are in it.
  ShardFollower(std::string directory, env::GameConfig config, NextSequences next = {},
                Part part = {})
      : directory_(std::move(directory)),
        config_(std::move(config)),
        part_(part),
        next_(std::move(next)) {}

  // The shards completed since the last call. An error (the directory cannot be listed) loses
  // nothing: the next call makes up for it.
  absl::StatusOr<NewShards> Poll() { return PollNewest(INT64_MAX); }

  // Does what Poll() does for a learner that starts, but takes only as many of the newest shards as
  // together hold at least `timesteps`; the older ones are never read.
  absl::StatusOr<NewShards> PollNewest(int64_t timesteps);

  // One shard, again. Errors name the file.
  absl::StatusOr<Shard> Read(ShardId id) const;

  // What has been polled lies before these.
  const NextSequences& next() const { return next_; }

 private:
  std::string PathOf(ShardId id) const { return directory_ + "/" + ShardName(id); }
  absl::StatusOr<std::vector<ShardId>> ListAtTimes();

  std::string directory_;
  env::GameConfig config_;
  Part part_;
  NextSequences next_;
  size_t polls_to_listing_ = 0;
};

}  // namespace hod::engine
