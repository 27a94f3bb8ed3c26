// Runs with play that is there already, for tests of those who learn from it.
#pragma once

#include "engine/samples/shard_directory.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// The settings of a tiny run that learns as much as it may from the play that is there, and does so
// to the bit whenever it is stopped.
RunConfig RepeatableConfig();

// Plays an episode as the worker of that shard.
void WriteShard(const RunDirectory& run, ShardId id, int seed);

}  // namespace hod::engine
