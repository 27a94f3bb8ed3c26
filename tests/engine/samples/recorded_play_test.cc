// Folders of recorded play: all of it is read, whatever its games, or none.
#include "engine/samples/recorded_play.h"

#include <set>

#include "engine/samples/shard_directory.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"

namespace hod::engine {
namespace {

void Write(const TempDir& dir, ShardId id, const env::GameConfig& game, int steps) {
  auto writer = ShardWriter::Create(dir / ShardName(id), game, {});
  REQUIRE(writer.ok());
  for (const Fragment& fragment : PlayRandomly(game, id.sequence, steps).fragments) {
    REQUIRE((*writer)->Append(fragment).ok());
  }
  REQUIRE((*writer)->Finish().ok());
}

TEST_CASE("Recorded play of several games is one window, whatever its capacity") {
  const TempDir dir;
  env::GameConfig longer = SmallConfig();
  longer.horizon += 7;
  Write(dir, {0, 0}, SmallConfig(), 30);
  Write(dir, {5, 2}, longer, 20);
  const auto window = ReadRecordedPlay(dir.path(), SmallConfig(), {.capacity = 1, .mirror = false});
  INFO(window.status());
  REQUIRE(window.ok());
  CHECK(window->num_timesteps() == 50);
  Rng rng(1);
  std::set<int> horizons;
  for (const auto& scene : window->Sample(100, rng).scenes) {
    horizons.insert(scene->game.config().horizon);
  }
  CHECK(horizons == std::set<int>{longer.horizon - 7, longer.horizon});
}

TEST_CASE("Recorded play that a network would see as another game is refused") {
  for (const env::GameConfig& other : {FiniteBlocksConfig(), TeleportConfig(), [] {
                                         env::GameConfig wider = SmallConfig();
                                         wider.size.w += 1;
                                         return wider;
                                       }()}) {
    const TempDir dir;
    Write(dir, {0, 0}, SmallConfig(), 10);
    Write(dir, {0, 1}, other, 10);
    const auto refused = ReadRecordedPlay(dir.path(), SmallConfig(), {});
    REQUIRE_FALSE(refused.ok());
    CHECK_THAT(std::string(refused.status().message()),
               Catch::StartsWith((dir / ShardName({0, 1})) + ": ") &&
                   Catch::Contains("expected 7x6x7 with 2 players"));
  }
}

TEST_CASE("A folder without play, or with a damaged shard, is refused") {
  const TempDir dir;
  const auto empty = ReadRecordedPlay(dir.path(), SmallConfig(), {});
  CHECK_THAT(std::string(empty.status().message()), Catch::StartsWith(dir.path()));
  CHECK_FALSE(ReadRecordedPlay(dir / "nowhere", SmallConfig(), {}).ok());
  Write(dir, {0, 0}, SmallConfig(), 10);
  WriteBytes(dir / ShardName({0, 1}), "not a shard");
  const auto damaged = ReadRecordedPlay(dir.path(), SmallConfig(), {});
  CHECK_THAT(std::string(damaged.status().message()), Catch::Contains(ShardName({0, 1})));
}

}  // namespace
}  // namespace hod::engine
