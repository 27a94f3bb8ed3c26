#include "tests/support/engine/played_shards.h"

#include "engine/samples/shard.h"
#include "engine/training/fragment_recorder.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {

RunConfig RepeatableConfig() {
  RunConfig config = TinyConfig();
  config.learner.passes = 100;
  config.learner.checkpoint_seconds = 3600;
  config.learner.goal_kl_weight = 0;  // Depends on when checkpoints are written.
  return config;
}

void WriteShard(const RunDirectory& run, ShardId id, int seed) {
  auto writer = ShardWriter::Create(run.shards() + "/" + ShardName(id), run.config().game, {});
  REQUIRE(writer.ok());
  auto episode = TinyEpisode(TinySetup(seed));
  FragmentRecorder recorder(episode.get(), {}, {.length = 16},
                            [&](const Fragment& fragment) { return (*writer)->Append(fragment); });
  episode->AddObserver(&recorder);
  PlayToEnd(*episode);
  REQUIRE((*writer)->Finish().ok());
}

}  // namespace hod::engine
