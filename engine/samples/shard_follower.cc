#include "engine/samples/shard_follower.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/traces/config_json.h"

namespace hod::engine {
namespace {

// Entries of a listing that a poll has to bear, on average.
constexpr size_t kEntriesPerPoll = 16;

using FileTime = std::filesystem::file_time_type;

struct Candidate {
  FileTime completed;
  ShardId id;
};

std::optional<FileTime> TimeOf(const std::string& path) {
  std::error_code error;
  const FileTime time = std::filesystem::last_write_time(path, error);
  if (error) return std::nullopt;
  return time;
}

}  // namespace

absl::StatusOr<NewShards> ShardFollower::PollNewest(int64_t timesteps) {
  ASSIGN_OR_RETURN(std::vector<ShardId> listed, ListAtTimes());
  std::vector<Candidate> candidates;
  for (auto& [worker, next] : next_) {
    FileTime latest = FileTime::min();
    for (;; ++next) {
      std::optional<FileTime> completed = TimeOf(PathOf({worker, next}));
      if (!completed) {  // Unless some were taken away, there are no later ones.
        const auto later =
            std::lower_bound(listed.begin(), listed.end(), ShardId{worker, next + 1});
        if (later == listed.end() || later->worker != worker) break;
        next = later->sequence;
        completed = TimeOf(PathOf(*later));
      }
      // A worker's shards follow each other, also where the wall clock was set back.
      latest = std::max(latest, completed.value_or(FileTime::min()));
      candidates.push_back({latest, {worker, next}});
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.completed, a.id) > std::tie(b.completed, b.id);
  });

  NewShards result;
  int64_t held = 0;
  for (const Candidate& candidate : candidates) {  // Newest first.
    if (held >= timesteps) break;
    absl::StatusOr<Shard> shard = Read(candidate.id);
    if (!shard.ok()) {
      result.refused.push_back(shard.status());
      result.refused_ids.push_back(candidate.id);
      continue;
    }
    held += shard->num_timesteps();
    result.shards.push_back(*std::move(shard));
    result.ids.push_back(candidate.id);
  }
  std::reverse(result.shards.begin(), result.shards.end());
  std::reverse(result.ids.begin(), result.ids.end());
  std::reverse(result.refused.begin(), result.refused.end());
  std::reverse(result.refused_ids.begin(), result.refused_ids.end());
  return result;
}

absl::StatusOr<Shard> ShardFollower::Read(ShardId id) const {
  const std::string path = PathOf(id);
  ASSIGN_OR_RETURN(Shard shard, ReadShard(path));
  if (env::ToJson(shard.config) != env::ToJson(config_)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": is of another game, ",
                                                   DumpJson(env::ToJson(shard.config)),
                                                   ", expected ", DumpJson(env::ToJson(config_))));
  }
  return shard;
}

// What the directory holds, when it is time to look; else nothing. Takes up workers not yet known.
absl::StatusOr<std::vector<ShardId>> ShardFollower::ListAtTimes() {
  if (polls_to_listing_ > 0) {
    --polls_to_listing_;
    return std::vector<ShardId>();
  }
  ASSIGN_OR_RETURN(std::vector<ShardId> listed, ListShards(directory_));
  NextSequences after;  // What the workers would go on with if they restarted.
  for (const ShardId& id : listed) {
    if (!part_.Has(id.worker)) continue;
    next_.try_emplace(id.worker, 0);
    after[id.worker] = id.sequence + 1;
  }
  for (auto& [worker, next] : next_) {
    // Somebody took the newest shard away, so the worker counts anew.
    if (after[worker] < next) next = 0;
  }
  polls_to_listing_ = listed.size() / kEntriesPerPoll;
  return listed;
}

}  // namespace hod::engine
