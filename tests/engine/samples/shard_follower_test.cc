#include "engine/samples/shard_follower.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"

namespace hod::engine {
namespace {

using Catch::Contains;

// A shard of one fragment of `steps` steps, whose episode is `episode`.
void WriteShard(const TempDir& dir, ShardId id, uint64_t episode, int steps = 5,
                const env::GameConfig& config = SmallConfig()) {
  auto writer = ShardWriter::Create(dir / ShardName(id), config, {});
  REQUIRE(writer.ok());
  REQUIRE((*writer)->Append(PlayRandomly(config, episode, steps).fragments[0]).ok());
  REQUIRE((*writer)->Finish().ok());
}

void SetAge(const TempDir& dir, ShardId id, int seconds) {
  std::filesystem::last_write_time(
      dir / ShardName(id),
      std::filesystem::file_time_type::clock::now() - std::chrono::seconds(seconds));
}

std::vector<uint64_t> Episodes(const NewShards& found) {
  std::vector<uint64_t> episodes;
  for (const Shard& shard : found.shards) {
    for (const Fragment& fragment : shard.fragments) episodes.push_back(fragment.episode);
  }
  return episodes;
}

TEST_CASE("Shards are named by worker and sequence") {
  REQUIRE(ShardName({3, 12}) == "w003-00000012.shard");
  REQUIRE(ShardName({1234, 123456789}) == "w1234-123456789.shard");
}

TEST_CASE("Only complete shards are listed, in order") {
  const TempDir dir;
  for (const char* name :
       {"w000-00000001.shard", "w010-00000000.shard", "w002-00000003.shard", "w1234-00000000.shard",
        "w000-00000002.shard.tmp", "w0-1.shard", "w-01-00000001.shard", "notes.txt",
        "w000-0000000x.shard", "w000- 0000001.shard"}) {
    WriteBytes(dir / name, "");
  }
  REQUIRE(ListShards(dir.path()).value() ==
          std::vector<ShardId>{{0, 1}, {2, 3}, {10, 0}, {1234, 0}});
  REQUIRE_THAT(std::string(ListShards(dir / "missing").status().message()), Contains("missing"));
}

TEST_CASE("A restarted worker goes on counting and clears its own leftovers") {
  const TempDir dir;
  REQUIRE(NextSequence(dir.path(), 1).value() == 0);
  for (const char* name : {"w001-00000007.shard", "w001-00000008.shard.tmp", "w002-00000011.shard",
                           "w002-00000012.shard.tmp"}) {
    WriteBytes(dir / name, "");
  }
  REQUIRE(NextSequence(dir.path(), 1).value() == 8);
  REQUIRE_FALSE(std::filesystem::exists(dir / "w001-00000008.shard.tmp"));
  REQUIRE(std::filesystem::exists(dir / "w002-00000012.shard.tmp"));
  REQUIRE_FALSE(NextSequence(dir / "missing", 1).ok());
}

TEST_CASE("The follower gives every shard once, oldest first") {
  const TempDir dir;
  ShardFollower follower(dir.path(), SmallConfig());
  REQUIRE(follower.Poll()->shards.empty());
  WriteShard(dir, {2, 0}, 100);
  WriteShard(dir, {1, 0}, 101);
  WriteShard(dir, {1, 1}, 102);
  SetAge(dir, {2, 0}, 30);
  SetAge(dir, {1, 0}, 20);
  SetAge(dir, {1, 1}, 20);
  REQUIRE(Episodes(*follower.Poll()) == std::vector<uint64_t>{100, 101, 102});
  REQUIRE(Episodes(*follower.Poll()).empty());
  WriteShard(dir, {0, 5}, 103);
  REQUIRE(Episodes(*follower.Poll()) == std::vector<uint64_t>{103});
}

TEST_CASE("Bad shards are reported once and skipped") {
  const TempDir dir;
  WriteShard(dir, {0, 0}, 100);
  WriteBytes(dir / ShardName({0, 1}), ReadBytes(dir / ShardName({0, 0})).substr(0, 500));
  WriteShard(dir, {0, 2}, 101, 5, TeleportConfig());
  WriteBytes(dir / (ShardName({0, 3}) + kTemporarySuffix), "half");
  SetAge(dir, {0, 1}, 10);
  ShardFollower follower(dir.path(), SmallConfig());
  const auto found = follower.Poll();
  REQUIRE(Episodes(*found) == std::vector<uint64_t>{100});
  REQUIRE(found->refused.size() == 2);
  REQUIRE_THAT(std::string(found->refused[0].message()), Contains(ShardName({0, 1})));
  REQUIRE_THAT(std::string(found->refused[1].message()),
               Contains(ShardName({0, 2})) && Contains("another game"));
  REQUIRE(follower.Poll()->refused.empty());
}

TEST_CASE("A restarted learner reads the newest shards that cover its window") {
  const TempDir dir;
  for (int i = 0; i < 6; ++i) {
    WriteShard(dir, {i % 2, i / 2}, 100 + i, 10);
    SetAge(dir, {i % 2, i / 2}, 100 - i);
  }
  ShardFollower follower(dir.path(), SmallConfig());
  REQUIRE(Episodes(*follower.PollNewest(25)) == std::vector<uint64_t>{103, 104, 105});
  REQUIRE(Episodes(*follower.Poll()).empty());
  REQUIRE(Episodes(*ShardFollower(dir.path(), SmallConfig()).PollNewest(1000)).size() == 6);
}

TEST_CASE("The newest shards of a worker are its last, also where the clock was set back") {
  const TempDir dir;
  for (int i = 0; i < 4; ++i) {
    WriteShard(dir, {0, i}, 100 + i, 10);
    SetAge(dir, {0, i}, i < 2 ? 100 - i : 3700 - i);
  }
  ShardFollower follower(dir.path(), SmallConfig());
  REQUIRE(Episodes(*follower.PollNewest(15)) == std::vector<uint64_t>{102, 103});
}

// What a worker does all the time.
absl::Status WriteNextShard(const std::string& directory, const Play& play) {
  const auto sequence = NextSequence(directory, 0);
  if (!sequence.ok()) return sequence.status();
  auto writer = ShardWriter::Create(directory + "/" + ShardName({0, *sequence}), SmallConfig(), {});
  if (!writer.ok()) return writer.status();
  for (const Fragment& fragment : play.fragments) {
    if (absl::Status status = (*writer)->Append(fragment); !status.ok()) return status;
  }
  return (*writer)->Finish();
}

TEST_CASE("A worker killed at any moment leaves only whole shards and goes on counting") {
  const TempDir dir;
  const Play play = PlayRandomly(SmallConfig(), 1, 100, 10);
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(WriteNextShard(dir.path(), play).ok());
  const std::chrono::duration<double> time_of_a_shard = std::chrono::steady_clock::now() - begin;
  Rng rng(2);
  for (int round = 0; round < 60; ++round) {
    const pid_t worker = fork();
    REQUIRE(worker >= 0);
    if (worker == 0) {
      while (WriteNextShard(dir.path(), play).ok()) continue;
      _exit(1);
    }
    std::this_thread::sleep_for(rng.Uniform() * 4 * time_of_a_shard);
    kill(worker, SIGKILL);
    int status = 0;
    waitpid(worker, &status, 0);
    REQUIRE(WIFSIGNALED(status));  // It never gave up by itself.
  }
  const auto shards = ListShards(dir.path());
  REQUIRE(shards->size() > 5);
  for (size_t i = 0; i < shards->size(); ++i) {
    REQUIRE((*shards)[i] == ShardId{0, static_cast<int64_t>(i)});
  }
  const auto found = ShardFollower(dir.path(), SmallConfig()).Poll();
  REQUIRE(found->refused.empty());
  REQUIRE(found->shards.size() == shards->size());
  for (const Shard& shard : found->shards) REQUIRE(shard.num_timesteps() == 100);
  REQUIRE(NextSequence(dir.path(), 0).value() == static_cast<int64_t>(shards->size()));
  for (const auto& file : std::filesystem::directory_iterator(dir.path())) {
    REQUIRE(file.path().extension() == ".shard");
  }
}

}  // namespace
}  // namespace hod::engine
