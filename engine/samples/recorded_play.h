// Play that was recorded before, to learn from in place of self-play: a folder of shards, such as
// hod humans import makes of recordings of people, or the shards of another run.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/samples/replay.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"
#include "env/game/config.h"

namespace hod::engine {

// The shards of a folder, in the order of ListShards(), whose places in it are in `part`. Errors
// name the file.
absl::StatusOr<std::vector<Shard>> ReadShards(const std::string& directory, Part part = {});

// A window that holds every fragment of those shards, whatever options.capacity is. The shards may
// be of several games; each must look to a network as `game` does: as large, as many players, the
// same abilities. An error names the shard that does not, or the folder if it holds no timestep.
absl::StatusOr<ReplayWindow> ReadRecordedPlay(const std::string& directory,
                                              const env::GameConfig& game, ReplayOptions options,
                                              Part part = {});

}  // namespace hod::engine
