// Learners in directories of their own have a link each.
#include "absl/strings/str_cat.h"
#include "engine/cluster/learner_link.h"
#include "engine/samples/shard.h"
#include "engine/samples/shard_directory.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"
#include "tests/support/engine/redis_server.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

std::string RandomShard(const std::string& path) {
  const env::GameConfig game = TinyConfig().PlayedGame();
  auto writer = ShardWriter::Create(path, game, {});
  REQUIRE(writer.ok());
  const std::vector<Fragment> fragments = PlayRandomly(game, 1, 20).fragments;
  for (const Fragment& fragment : fragments) REQUIRE((*writer)->Append(fragment).ok());
  REQUIRE((*writer)->Finish().ok());
  return ReadBytes(path);
}

TEST_CASE("Each link takes the shards of its learner's workers, and one publishes for all") {
  if (!RedisServer::Installed()) return;
  const RedisServer server;
  const TempDir dir;
  RunConfig config = TinyConfig();
  config.learner.learners = 2;
  config.selfplay.workers = 2;
  const auto run_of = [&](int rank) {
    return RunDirectory::CreateOrResume(absl::StrCat(dir.path(), "/", rank), config, kNeverStopped,
                                        {rank, 2})
        .value();
  };
  const RunDirectory runs[] = {run_of(0), run_of(1)};
  RunExchange exchanges[] = {{server.address(), "run", 0}, {server.address(), "run", 1}};
  LearnerLink first(runs[0], exchanges[0], {0, 2}), second(runs[1], exchanges[1], {1, 2});
  CHECK(absl::IsUnavailable(second.Begin()));  // Nobody has published it yet.
  REQUIRE(first.Begin().ok());
  REQUIRE(second.Begin().ok());

  RunExchange worker = server.Exchange();
  const auto published = worker.Find();
  REQUIRE(published.ok());
  CHECK(published->links == 2);
  CHECK(worker.NumberWorkers(3, published->first_worker).value() == std::vector<int>{2, 3, 4});
  const std::string bytes = RandomShard(dir.path() + "/random.shard");
  for (int number : {2, 3, 4}) REQUIRE(worker.Offer(*published, {"host", number, 0, bytes}).ok());
  CHECK(worker.Counts()->waiting == 3);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(first.Step().ok());
    REQUIRE(second.Step().ok());
  }
  CHECK(ListShards(runs[0].shards()).value() == std::vector<ShardId>{{2, 0}, {4, 0}});
  CHECK(ListShards(runs[1].shards()).value() == std::vector<ShardId>{{3, 0}});
  CHECK(worker.Counts()->waiting == 0);
  CHECK(worker.Counts()->delivered == 3);

  // A single link for all would leave shards of the others where they are.
  PublishedRun undivided = *published;
  undivided.links = 1;
  const absl::Status refused = exchanges[0].Publish(undivided);
  CHECK_THAT(std::string(refused.message()), Catch::Contains("has 2 links, expected 1"));

  config.learner.batch_size = 16;
  const RunDirectory other =
      RunDirectory::CreateOrResume(dir.path() + "/other", config, kNeverStopped, {1, 2}).value();
  const absl::Status stranger = LearnerLink(other, exchanges[1], {1, 2}).Begin();
  CHECK_THAT(std::string(stranger.message()), Catch::Contains("is of other settings than"));
}

}  // namespace
}  // namespace hod::engine
