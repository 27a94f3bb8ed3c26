#include "engine/samples/recorded_play.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

// What of a game decides what a network sees of it.
std::string LookOf(const env::GameConfig& game) {
  return absl::StrCat(game.size.w, "x", game.size.h, "x", game.size.d, " with ", game.num_players(),
                      " players, inf_blocks = ", game.abilities.inf_blocks,
                      ", teleportation = ", game.abilities.teleportation);
}

}  // namespace

absl::StatusOr<std::vector<Shard>> ReadShards(const std::string& directory, Part part) {
  ASSIGN_OR_RETURN(const std::vector<ShardId> ids, ListShards(directory));
  std::vector<Shard> shards;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!part.Has(static_cast<int64_t>(i))) continue;
    ASSIGN_OR_RETURN(shards.emplace_back(),
                     ReadShard(absl::StrCat(directory, "/", ShardName(ids[i]))));
  }
  return shards;
}

absl::StatusOr<ReplayWindow> ReadRecordedPlay(const std::string& directory,
                                              const env::GameConfig& game, ReplayOptions options,
                                              Part part) {
  ASSIGN_OR_RETURN(std::vector<Shard> shards, ReadShards(directory, part));
  options.capacity = INT64_MAX;
  ReplayWindow window(options);
  for (Shard& shard : shards) {
    if (LookOf(shard.config) != LookOf(game)) {
      return absl::InvalidArgumentError(absl::StrCat(
          shard.path, ": is of a game of ", LookOf(shard.config), ", expected ", LookOf(game)));
    }
    window.Add(std::move(shard));
  }
  if (window.num_timesteps() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        directory, ": expected shards (wNNN-NNNNNNNN.shard), found no timestep",
        part.size > 1 ? absl::StrCat(" for learner ", part.rank, " of ", part.size) : ""));
  }
  return window;
}

}  // namespace hod::engine
