#include "engine/samples/shard_follower.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/traces/config_json.h"

namespace hod::engine {
namespace {

struct Candidate {
  std::filesystem::file_time_type completed;
  ShardId id;
  std::string path;
};

absl::StatusOr<Shard> ReadShardOf(const env::GameConfig& config, const std::string& path) {
  absl::StatusOr<Shard> shard = ReadShard(path);
  if (shard.ok() && env::ToJson(shard->config) != env::ToJson(config)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": is of another game, ",
                                                   DumpJson(env::ToJson(shard->config)),
                                                   ", expected ", DumpJson(env::ToJson(config))));
  }
  return shard;
}

}  // namespace

absl::StatusOr<NewShards> ShardFollower::Read(int64_t timesteps) {
  ASSIGN_OR_RETURN(std::vector<ShardId> listed, ListShards(directory_));
  std::vector<Candidate> candidates;
  for (const ShardId& id : listed) {
    if (seen_.contains(id)) continue;
    const std::string path = (std::filesystem::path(directory_) / ShardName(id)).string();
    std::error_code error;  // Of a file that has gone: reading it will tell.
    candidates.push_back({std::filesystem::last_write_time(path, error), id, path});
  }
  seen_ = std::set<ShardId>(listed.begin(), listed.end());
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.completed, a.id) > std::tie(b.completed, b.id);
  });

  NewShards result;
  int64_t held = 0;
  for (const Candidate& candidate : candidates) {  // Newest first.
    if (held >= timesteps) break;
    absl::StatusOr<Shard> shard = ReadShardOf(config_, candidate.path);
    if (!shard.ok()) {
      result.refused.push_back(shard.status());
      continue;
    }
    held += shard->num_timesteps();
    result.shards.push_back(*std::move(shard));
  }
  std::reverse(result.shards.begin(), result.shards.end());
  std::reverse(result.refused.begin(), result.refused.end());
  return result;
}

}  // namespace hod::engine
