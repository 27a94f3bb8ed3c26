// What fills the replay window: the shards of self-play, as they come.
#pragma once

#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/samples/replay.h"
#include "engine/samples/shard_follower.h"

namespace hod::engine {

// Where a learner that restarts finds the same window again.
struct ReplayPosition {
  std::vector<ShardId> window;   // Shards that have timesteps in the window, oldest first.
  NextSequences next;            // What has been read lies before these.
  std::vector<ShardId> refused;  // Shards that could not be read.
};

nlohmann::json ToJson(const ReplayPosition& position);
absl::StatusOr<ReplayPosition> ReplayPositionFromJson(const nlohmann::json& json);

// What of it concerns the workers in `part`.
ReplayPosition PartOf(const ReplayPosition& position, Part part);
// The position of all who read parts of the shards. What PartOf() makes of it are theirs.
ReplayPosition Together(const std::vector<ReplayPosition>& parts);

// Deletes the shards that nobody needs who goes on from `position`: those that have been read and
// have left the window. It leaves the newest shard of every worker, from which the worker goes on
// counting, and shards that were refused, for whoever wants to know why.
absl::Status DeleteOldShards(const std::string& directory, const ReplayPosition& position);

class ReplayFeed {
 public:
  // Feeds on the shards in `directory` of the game `config`, from `position` on, of the workers in
  // `part`; those of `position` are in it.
  ReplayFeed(const std::string& directory, const env::GameConfig& config,
             const ReplayOptions& options, const ReplayPosition& position, Part part = {});

  // Takes the shards that have come since the last call or, at the first, since `position`: of them
  // only the newest, as many as the window holds. Returns how many timesteps they have. A shard
  // that cannot be read is logged once and left out.
  absl::StatusOr<int64_t> Poll();

  const ReplayWindow& window() const { return window_; }
  ReplayPosition position() const;

 private:
  struct Entry {
    ShardId id;
    int64_t end;  // Number of the timestep after its last among all ever added to the window.
  };

  void Add(ShardId id, Shard shard);

  const int64_t capacity_;
  ShardFollower follower_;
  ReplayWindow window_;
  std::deque<Entry> shards_;  // Those with timesteps in the window, oldest first.
  std::vector<ShardId> refused_;
  bool first_ = true;
};

}  // namespace hod::engine
