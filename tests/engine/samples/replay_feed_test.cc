// The replay window over long runs: workers and the learner come, go and are killed, old shards are
// deleted, and still nothing is read twice, lost or left lying.
#include "engine/samples/replay_feed.h"

#include <deque>
#include <filesystem>
#include <map>
#include <set>

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"

namespace hod::engine {
namespace {

using Catch::Contains;

constexpr int kStepsOfAFragment = 5;

// Fragment `number` of all that are written. Those of one window are never alike.
constexpr int kKinds = 97;
const Fragment& FragmentOf(uint64_t number) {
  static const std::vector<Fragment> kinds = [] {
    std::vector<Fragment> made;
    for (int kind = 0; kind < kKinds; ++kind) {
      made.push_back(PlayRandomly(SmallConfig(), kind, kStepsOfAFragment).fragments.front());
    }
    return made;
  }();
  return kinds[number % kKinds];
}

// The kinds of fragments from which `count` samples of a window are.
std::vector<int> DrawFrom(const ReplayWindow& window, int count) {
  static const std::map<std::vector<env::Block>, int> kind_of = [] {
    std::map<std::vector<env::Block>, int> made;
    for (int kind = 0; kind < kKinds; ++kind) made[FragmentOf(kind).goal] = kind;
    return made;
  }();
  REQUIRE(kind_of.size() == kKinds);
  std::vector<int> drawn;
  if (window.num_timesteps() == 0) return drawn;
  Rng rng(7);
  const Batch batch = window.Sample(count, rng);
  for (const models::Example& example : batch.examples) {
    drawn.push_back(kind_of.at(example.position.game->goal()));
  }
  return drawn;
}

// All kinds that a window holds.
std::set<int> KindsIn(const ReplayWindow& window) {
  const std::vector<int> drawn = DrawFrom(window, 600);
  return {drawn.begin(), drawn.end()};
}

int64_t CountFiles(const TempDir& dir) {
  const std::filesystem::directory_iterator files(dir.path());
  return std::distance(begin(files), end(files));
}

// A worker as far as the disk can see.
class SimulatedWorker {
 public:
  SimulatedWorker(const TempDir& dir, int number) : dir_(dir), number_(number) { Restart(); }

  void Restart() {
    const auto next = NextSequence(dir_.path(), number_);
    REQUIRE(next.ok());
    if (next_ >= 0) REQUIRE(*next == next_);  // No number is used twice.
    next_ = *next;
  }
  // Writes a shard of so many fragments, which are number `first` and the next ones.
  void Write(uint64_t first, int fragments) {
    auto writer = ShardWriter::Create(dir_ / ShardName({number_, next_++}), SmallConfig(), {});
    REQUIRE(writer.ok());
    for (int i = 0; i < fragments; ++i) REQUIRE((*writer)->Append(FragmentOf(first + i)).ok());
    REQUIRE((*writer)->Finish().ok());
  }
  ShardId newest() const { return {number_, next_ - 1}; }

 private:
  const TempDir& dir_;
  const int number_;
  int64_t next_ = -1;
};

TEST_CASE(
    "However long a run is and whoever is killed, its window resumes and its disk is bounded") {
  constexpr int kFragmentsOfTheWindow = 30;
  const ReplayOptions options = {.capacity = kFragmentsOfTheWindow * kStepsOfAFragment,
                                 .mirror = false};
  for (uint64_t seed = 0; seed < 4; ++seed) {
    const TempDir dir;
    Rng rng(seed);
    std::deque<SimulatedWorker> workers;
    for (int w = 0; w < 3; ++w) workers.emplace_back(dir, w);
    const auto open = [&](const ReplayPosition& position) {
      return std::make_unique<ReplayFeed>(dir.path(), SmallConfig(), options, position);
    };

    // What the learner's last checkpoint says.
    ReplayPosition stored;
    std::vector<int> stored_draws;
    int64_t stored_timesteps = 0;

    auto feed = open(stored);
    int64_t timesteps = 0;
    uint64_t written = 0;  // Fragments.
    int learner_kills = 0;
    for (int round = 0; round < 1200; ++round) {
      if (round == 700) workers.emplace_back(dir, 7);  // One more, not the next number.
      if (rng.Chance(0.6)) {
        const int fragments = rng.Between(1, 6);
        workers[rng.Below(static_cast<int>(workers.size()))].Write(written, fragments);
        written += fragments;
      }
      if (rng.Chance(0.05)) workers[rng.Below(static_cast<int>(workers.size()))].Restart();
      if (rng.Chance(0.7)) timesteps += feed->Poll().value();
      if (rng.Chance(0.2)) {  // A checkpoint.
        stored =
            ReplayPositionFromJson(nlohmann::json::parse(ToJson(feed->position()).dump())).value();
        stored_draws = DrawFrom(feed->window(), 50);
        stored_timesteps = timesteps;
        // Killed before anything is deleted, or after that.
        if (rng.Chance(0.9)) REQUIRE(DeleteOldShards(dir.path(), stored).ok());
        REQUIRE(CountFiles(dir) <= 2 * kFragmentsOfTheWindow);
      }
      if (rng.Chance(0.05)) {  // The learner is killed and starts again.
        ++learner_kills;
        feed = open(stored);
        timesteps = stored_timesteps;
        REQUIRE(feed->position().window == stored.window);
        REQUIRE(DrawFrom(feed->window(), 50) == stored_draws);
      }
    }
    CHECK(learner_kills > 20);

    // All that was ever written has been read, but for what a backlog left out.
    for (int i = 0; i < 100; ++i) timesteps += feed->Poll().value();
    CHECK(timesteps <= static_cast<int64_t>(written) * kStepsOfAFragment);
    CHECK(timesteps > 0.9 * static_cast<double>(written) * kStepsOfAFragment);
    const ReplayWindow& window = feed->window();
    CHECK(window.num_timesteps() <= options.capacity);
    CHECK(window.num_timesteps() > options.capacity - 6 * kStepsOfAFragment);
    // Each of its fragments is there once.
    CHECK(static_cast<int64_t>(KindsIn(window).size()) * kStepsOfAFragment ==
          window.num_timesteps());

    REQUIRE(DeleteOldShards(dir.path(), feed->position()).ok());
    for (SimulatedWorker& worker : workers) {
      CHECK(std::filesystem::exists(dir / ShardName(worker.newest())));
      worker.Restart();
    }
  }
}

TEST_CASE("A worker whose play has left the window leaves one shard, and goes on counting") {
  const TempDir dir;
  SimulatedWorker early(dir, 0), late(dir, 1);
  for (int i = 0; i < 5; ++i) early.Write(i, 2);
  ReplayFeed feed(dir.path(), SmallConfig(), {.capacity = 4 * kStepsOfAFragment}, {});
  REQUIRE(feed.Poll().value() > 0);
  for (int i = 0; i < 5; ++i) late.Write(100 + i, 2);
  REQUIRE(feed.Poll().value() == 10 * kStepsOfAFragment);
  REQUIRE(DeleteOldShards(dir.path(), feed.position()).ok());
  CHECK(ListShards(dir.path()).value() == std::vector<ShardId>{{0, 4}, {1, 3}, {1, 4}});
  early.Restart();
  early.Write(200, 1);
  CHECK(feed.Poll().value() == kStepsOfAFragment);
}

TEST_CASE("Shards that nobody has read, or could read, are never deleted") {
  const TempDir dir;
  SimulatedWorker worker(dir, 0);
  for (int i = 0; i < 8; ++i) worker.Write(i, 1);
  WriteBytes(dir / ShardName({0, 2}), "not a shard");
  REQUIRE(DeleteOldShards(dir.path(), {}).ok());
  CHECK(ListShards(dir.path())->size() == 8);

  const ReplayOptions options = {.capacity = kStepsOfAFragment, .mirror = false};
  ReplayPosition position;
  {
    ReplayFeed feed(dir.path(), SmallConfig(), {.capacity = 1000, .mirror = false}, {});
    REQUIRE(feed.Poll().value() == 7 * kStepsOfAFragment);
    CHECK(feed.position().refused == std::vector<ShardId>{{0, 2}});
    position = feed.position();
  }
  position.window = {{0, 6}};
  REQUIRE(DeleteOldShards(dir.path(), position).ok());
  CHECK(ListShards(dir.path()).value() == std::vector<ShardId>{{0, 2}, {0, 6}, {0, 7}});
  CHECK(CountFiles(dir) == 3);
  ReplayFeed resumed(dir.path(), SmallConfig(), options, position);
  CHECK(KindsIn(resumed.window()) == std::set<int>{6});
  CHECK(resumed.Poll().value() == 0);
  CHECK(resumed.position().refused == std::vector<ShardId>{{0, 2}});
}

TEST_CASE("A worker that was deprived of its shards counts anew, and is heard again") {
  const TempDir dir;
  SimulatedWorker worker(dir, 0);
  for (int i = 0; i < 6; ++i) worker.Write(i, 1);
  ReplayFeed feed(dir.path(), SmallConfig(), {.capacity = 1000, .mirror = false}, {});
  REQUIRE(feed.Poll().value() == 6 * kStepsOfAFragment);
  const ReplayPosition position = feed.position();
  for (int i = 0; i < 6; ++i) std::filesystem::remove(dir / ShardName({0, i}));
  SimulatedWorker again(dir, 0);
  again.Write(30, 1);
  ReplayFeed resumed(dir.path(), SmallConfig(), {.capacity = 1000, .mirror = false}, position);
  CHECK(resumed.Poll().value() == kStepsOfAFragment);
  again.Write(31, 1);
  CHECK(resumed.Poll().value() == kStepsOfAFragment);
  CHECK(KindsIn(resumed.window()) == std::set<int>{30, 31});
}

TEST_CASE("A position is read back or refused") {
  const ReplayPosition position = {
      .window = {{3, 12}, {0, 99}}, .next = {{0, 100}, {3, 13}, {9, 0}}, .refused = {{0, 4}}};
  const nlohmann::json json = ToJson(position);
  const auto read = ReplayPositionFromJson(json);
  REQUIRE(read.ok());
  CHECK(read->window == position.window);
  CHECK(read->next == position.next);
  CHECK(read->refused == position.refused);
  for (const char* key : {"window", "next", "refused"}) {
    for (const nlohmann::json& bad : {nlohmann::json(nullptr), nlohmann::json(3),
                                      nlohmann::json{"w0-1.shard"}, nlohmann::json::array({7})}) {
      nlohmann::json damaged = json;
      damaged[key] = bad;
      CHECK_THAT(std::string(ReplayPositionFromJson(damaged).status().message()),
                 Contains(key) && Contains("names of shards"));
    }
  }
  CHECK_FALSE(ReplayPositionFromJson(nlohmann::json::array()).ok());
}

}  // namespace
}  // namespace hod::engine
