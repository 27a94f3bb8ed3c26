#include "engine/samples/replay_feed.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/descriptor.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

nlohmann::json NamesOf(const std::vector<ShardId>& shards) {
  nlohmann::json names = nlohmann::json::array();
  for (const ShardId& id : shards) names.push_back(ShardName(id));
  return names;
}

absl::StatusOr<std::vector<ShardId>> ShardsFrom(const nlohmann::json& json, const char* key) {
  const absl::Status error =
      absl::DataLossError(absl::StrCat(key, ": expected an array of names of shards"));
  const auto names = json.find(key);
  if (names == json.end() || !names->is_array()) return error;
  std::vector<ShardId> shards;
  for (const nlohmann::json& name : *names) {
    if (!name.is_string()) return error;
    const std::optional<ShardId> id = ParseShardName(name.get<std::string>());
    if (!id) return error;
    shards.push_back(*id);
  }
  return shards;
}

bool Has(const std::vector<ShardId>& shards, ShardId id) {
  return std::find(shards.begin(), shards.end(), id) != shards.end();
}

void LogSkipped(const absl::Status& refused) {
  spdlog::error("skipped a shard: {}", std::string(refused.message()));
}

}  // namespace

nlohmann::json ToJson(const ReplayPosition& position) {
  std::vector<ShardId> next;
  for (const auto& [worker, sequence] : position.next) next.push_back({worker, sequence});
  return {{"window", NamesOf(position.window)},
          {"next", NamesOf(next)},
          {"refused", NamesOf(position.refused)}};
}

absl::StatusOr<ReplayPosition> ReplayPositionFromJson(const nlohmann::json& json) {
  if (!json.is_object()) return absl::DataLossError("expected an object");
  ReplayPosition position;
  ASSIGN_OR_RETURN(position.window, ShardsFrom(json, "window"));
  ASSIGN_OR_RETURN(position.refused, ShardsFrom(json, "refused"));
  ASSIGN_OR_RETURN(const std::vector<ShardId> next, ShardsFrom(json, "next"));
  for (const ShardId& id : next) position.next[id.worker] = id.sequence;
  return position;
}

ReplayPosition PartOf(const ReplayPosition& position, Part part) {
  ReplayPosition mine = position;
  const auto is_anothers = [&](const ShardId& id) { return !part.Has(id.worker); };
  std::erase_if(mine.window, is_anothers);
  std::erase_if(mine.refused, is_anothers);
  std::erase_if(mine.next, [&](const auto& next) { return !part.Has(next.first); });
  return mine;
}

ReplayPosition Together(const std::vector<ReplayPosition>& parts) {
  ReplayPosition all;
  for (const ReplayPosition& part : parts) {
    all.window.insert(all.window.end(), part.window.begin(), part.window.end());
    all.refused.insert(all.refused.end(), part.refused.begin(), part.refused.end());
    all.next.insert(part.next.begin(), part.next.end());
  }
  return all;
}

absl::Status DeleteOldShards(const std::string& directory, const ReplayPosition& position) {
  ASSIGN_OR_RETURN(std::vector<ShardId> shards, ListShards(directory));
  for (const ShardId& id : shards) {
    const auto next = position.next.find(id.worker);
    if (next == position.next.end() || id.sequence + 1 >= next->second) continue;
    if (Has(position.window, id) || Has(position.refused, id)) continue;
    const std::string path = directory + "/" + ShardName(id);
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) return SystemError(path, "remove", error.value());
  }
  return absl::OkStatus();
}

ReplayFeed::ReplayFeed(const std::string& directory, const env::GameConfig& config,
                       const ReplayOptions& options, const ReplayPosition& position, Part part)
    : capacity_(options.capacity),
      follower_(directory, config, position.next, part),
      window_(options),
      refused_(position.refused) {
  for (const ShardId& id : position.window) {
    absl::StatusOr<Shard> shard = follower_.Read(id);
    if (shard.ok()) {
      Add(id, *std::move(shard));
    } else {
      LogSkipped(shard.status());
    }
  }
}

absl::StatusOr<int64_t> ReplayFeed::Poll() {
  ASSIGN_OR_RETURN(NewShards found, first_ ? follower_.PollNewest(capacity_) : follower_.Poll());
  first_ = false;
  for (const absl::Status& refused : found.refused) LogSkipped(refused);
  refused_.insert(refused_.end(), found.refused_ids.begin(), found.refused_ids.end());
  const int64_t before = window_.num_added();
  for (size_t i = 0; i < found.shards.size(); ++i) Add(found.ids[i], std::move(found.shards[i]));
  return window_.num_added() - before;
}

void ReplayFeed::Add(ShardId id, Shard shard) {
  window_.Add(std::move(shard));
  shards_.push_back({id, window_.num_added()});
  const int64_t begin = window_.num_added() - window_.num_timesteps();
  while (!shards_.empty() && shards_.front().end <= begin) shards_.pop_front();
}

ReplayPosition ReplayFeed::position() const {
  ReplayPosition position = {.window = {}, .next = follower_.next(), .refused = refused_};
  for (const Entry& entry : shards_) position.window.push_back(entry.id);
  return position;
}

}  // namespace hod::engine
