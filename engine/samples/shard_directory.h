// The directory self-play workers put their shards in, side by side: "w003-00000012.shard" is shard
// 12 of worker 3. A worker numbers its shards upwards and nobody else writes under its number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hod::engine {

struct ShardId {
  int worker = 0;
  int64_t sequence = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): Clang 14 takes what this stands for for a null.
  friend auto operator<=>(const ShardId&, const ShardId&) = default;
};

// What the machine or learner `rank` of `size` has of a run's workers or learners, by their
// numbers, or of a list of shards.
struct Part {
  int rank = 0;
  int size = 1;

  bool Has(int64_t number) const { return number % size == rank; }
};

// The file name of a shard, without directory. Requires numbers of at least 0.
std::string ShardName(ShardId id);
// What ShardName() makes of a shard; nothing for any other name.
std::optional<ShardId> ParseShardName(absl::string_view name);

// The complete shards, ascending. Ignores every file whose name is not that of a shard.
absl::StatusOr<std::vector<ShardId>> ListShards(const std::string& directory);

// Where a worker that starts or restarts goes on counting: after the highest sequence it finds, or
// with 0. Who deletes shards leaves every worker its newest, so that no number is used twice. Also
// removes the temporary files the worker left behind when it was killed.
absl::StatusOr<int64_t> NextSequence(const std::string& directory, int worker);

}  // namespace hod::engine
