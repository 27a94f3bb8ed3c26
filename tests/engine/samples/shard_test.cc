#include "engine/samples/shard.h"

#include <signal.h>
#include <sys/resource.h>

#include <filesystem>

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"

namespace hod::engine {
namespace {

using Catch::Contains;

std::string WriteShard(const std::string& path, const std::vector<Fragment>& fragments) {
  auto writer = ShardWriter::Create(path, SmallConfig(), {{"worker", 3}});
  REQUIRE(writer.ok());
  for (const Fragment& fragment : fragments) REQUIRE((*writer)->Append(fragment).ok());
  REQUIRE((*writer)->Finish().ok());
  return ReadBytes(path);
}

std::string Bytes(const Fragment& fragment) {
  return SerializeFragment(SmallConfig(), fragment).value();
}

TEST_CASE("A shard comes back whole") {
  const TempDir dir;
  const Play play = PlayRandomly(SmallConfig(), 1, 150);
  WriteShard(dir / "a.shard", play.fragments);
  const auto shard = ReadShard(dir / "a.shard");
  REQUIRE(shard.ok());
  REQUIRE(shard->config.size == SmallConfig().size);
  REQUIRE(shard->metadata == nlohmann::json{{"worker", 3}});
  REQUIRE(shard->num_timesteps() == 150);
  REQUIRE(shard->fragments.size() == 3);
  for (int i = 0; i < 3; ++i) REQUIRE(Bytes(shard->fragments[i]) == Bytes(play.fragments[i]));
  REQUIRE_FALSE(std::filesystem::exists(dir / "a.shard.tmp"));
}

TEST_CASE("A shard may hold nothing") {
  const TempDir dir;
  WriteShard(dir / "a.shard", {});
  REQUIRE(ReadShard(dir / "a.shard")->fragments.empty());
}

TEST_CASE("A shard truncated or damaged anywhere is refused with file and offset") {
  const TempDir dir;
  const std::string bytes =
      WriteShard(dir / "a.shard", PlayRandomly(SmallConfig(), 2, 6, 3).fragments);
  const std::string bad = dir / "bad.shard";
  const auto require_refused = [&](const std::string& damaged) {
    WriteBytes(bad, damaged);
    const auto shard = ReadShard(bad);
    REQUIRE_FALSE(shard.ok());
    REQUIRE_THAT(std::string(shard.status().message()),
                 Contains("bad.shard: ") && Contains("offset "));
  };
  for (size_t length = 0; length < bytes.size(); ++length) {
    require_refused(bytes.substr(0, length));
  }
  Rng rng(3);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= static_cast<char>(1 << rng.Below(8));
    require_refused(damaged);
  }
  require_refused(bytes + "x");
}

TEST_CASE("What is no readable file is refused with its name") {
  const TempDir dir;
  for (const std::string& path : {dir / "missing.shard", dir.path()}) {
    const auto shard = ReadShard(path);
    REQUIRE_FALSE(shard.ok());
    REQUIRE_THAT(std::string(shard.status().message()), Contains(path));
  }
}

TEST_CASE("A shard in writing has no name yet, and leaves nothing when given up") {
  const TempDir dir;
  {
    auto writer = ShardWriter::Create(dir / "a.shard", SmallConfig(), {});
    REQUIRE(writer.ok());
    REQUIRE((*writer)->Append(PlayRandomly(SmallConfig(), 1, 5).fragments[0]).ok());
    REQUIRE_FALSE(std::filesystem::exists(dir / "a.shard"));
    REQUIRE(std::filesystem::exists(dir / "a.shard.tmp"));
    const auto second = ShardWriter::Create(dir / "a.shard", SmallConfig(), {});
    REQUIRE_THAT(std::string(second.status().message()), Contains("a.shard.tmp"));
  }
  REQUIRE(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("A shard is never overwritten") {
  const TempDir dir;
  WriteShard(dir / "a.shard", {});
  const auto writer = ShardWriter::Create(dir / "a.shard", SmallConfig(), {});
  REQUIRE_THAT(std::string(writer.status().message()), Contains("a.shard: exists already"));
  const auto lost = ShardWriter::Create(dir / "no/a.shard", SmallConfig(), {});
  REQUIRE_THAT(std::string(lost.status().message()), Contains("no/a.shard: cannot write"));
}

// The limit of a file's size stands in for a full disk: both make write() fail midway.
TEST_CASE("When storage is full the error names the file and the temporary is removed") {
  const TempDir dir;
  const Play play = PlayRandomly(SmallConfig(), 1, 64);
  rlimit old_limit;
  REQUIRE(getrlimit(RLIMIT_FSIZE, &old_limit) == 0);
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  const rlimit limit = {16384, old_limit.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  auto writer = ShardWriter::Create(dir / "a.shard", SmallConfig(), {});
  absl::Status status = writer.status();
  for (int i = 0; i < 100 && status.ok(); ++i) status = (*writer)->Append(play.fragments[0]);
  setrlimit(RLIMIT_FSIZE, &old_limit);
  signal(SIGXFSZ, old_handler);
  REQUIRE_THAT(std::string(status.message()), Contains("a.shard: cannot write"));
  REQUIRE(std::filesystem::is_empty(dir.path()));
  REQUIRE_FALSE((*writer)->Append(play.fragments[0]).ok());
  REQUIRE_FALSE((*writer)->Finish().ok());
}

TEST_CASE("A fragment of another game is not written") {
  const TempDir dir;
  auto writer = ShardWriter::Create(dir / "a.shard", SmallConfig(), {});
  REQUIRE_FALSE((*writer)->Append(PlayRandomly(TeleportConfig(), 1, 5).fragments[0]).ok());
  REQUIRE(std::filesystem::is_empty(dir.path()));
}

}  // namespace
}  // namespace hod::engine
