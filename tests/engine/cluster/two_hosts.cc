#include "tests/engine/cluster/two_hosts.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <utility>

#include "engine/samples/shard.h"
#include "engine/training/learner.h"
#include "env/base/clock.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/engine/random_play.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

RunConfig LearnedConfig() {
  RunConfig config = TinyConfig();
  config.learner.max_steps = 10;
  config.learner.passes = 1000;
  config.learner.start_timesteps = 20;
  config.learner.checkpoint_seconds = 3600;
  config.learner.goal_kl_weight = 0;  // Depends on when checkpoints are written.
  return config;
}

// What a learner makes of these shards in a new run.
models::TrainerState LearntFrom(const std::string& path, const std::vector<ShardId>& ids,
                                const std::vector<std::string>& bytes) {
  const auto run = RunDirectory::CreateOrResume(path, LearnedConfig());
  INFO(run.status());
  REQUIRE(run.ok());
  // Which came first is a matter of the network; it is made the same.
  const auto time = std::filesystem::file_time_type::clock::now();
  for (size_t i = 0; i < ids.size(); ++i) {
    const std::string shard = run->shards() + "/" + ShardName(ids[i]);
    WriteBytes(shard, bytes[i]);
    std::filesystem::last_write_time(shard, time);
  }
  const std::atomic<bool> stop = false;
  const absl::Status status = RunLearner(*run, stop);
  INFO(status);
  REQUIRE(status.ok());
  const auto checkpoint = models::LoadCheckpoint(run->LatestCheckpoint().value().value().second);
  REQUIRE(checkpoint.ok());
  return checkpoint->state;
}

bool MayPass(const absl::Status& status) {
  return status.ok() || absl::IsUnavailable(status) || absl::IsResourceExhausted(status);
}

}  // namespace

TwoHosts::TwoHosts(RunExchange for_learner, RunExchange for_worker)
    : learner_exchange(std::move(for_learner)), worker_exchange(std::move(for_worker)) {
  learner.emplace(RunDirectory::CreateOrResume(folder / "learner", TinyConfig()).value());
  worker.emplace(RunDirectory::CreateOrResume(folder / "worker", TinyConfig()).value());
  learner_link.emplace(*learner, learner_exchange);
}

void TwoHosts::Play(int number, int64_t sequence, size_t padding) {
  const std::string path = worker->shards() + "/" + ShardName({number, sequence});
  const env::GameConfig config = TinyConfig().PlayedGame();
  auto writer = ShardWriter::Create(path, config, {{"padding", std::string(padding, ' ')}});
  REQUIRE(writer.ok());
  const auto seed = static_cast<uint64_t>(100 * number + sequence);
  const std::vector<Fragment> fragments = PlayRandomly(config, seed, 20).fragments;
  for (const Fragment& fragment : fragments) {
    REQUIRE((*writer)->Append(fragment).ok());
  }
  REQUIRE((*writer)->Finish().ok());
  played.push_back(ReadBytes(path));
  played_ids.push_back({number, sequence});
}

std::vector<std::string> TwoHosts::Delivered() const {
  std::vector<std::string> bytes;
  const std::vector<ShardId> ids = ListShards(learner->shards()).value();
  for (const ShardId& id : ids) {
    bytes.push_back(ReadBytes(learner->shards() + "/" + ShardName(id)));
  }
  return bytes;
}

int TwoHosts::Begin() {
  absl::Status status;
  for (int tries = 0; tries < 100 && !(status = learner_link->Begin()).ok(); ++tries) {
    REQUIRE(absl::IsUnavailable(status));
  }
  REQUIRE(status.ok());
  published = worker_exchange.Find().value();
  return OpenLink().NumberWorkers(1).value()[0];
}

WorkerLink TwoHosts::OpenLink(const SpoolOptions& options) {
  auto link = WorkerLink::Open(*worker, published, worker_exchange, options);
  INFO(link.status());
  REQUIRE(link.ok());
  return *std::move(link);
}

void TwoHosts::Deliver(WorkerLink& link, size_t shards) {
  const auto newest = [](const RunDirectory& run) {
    const auto latest = run.LatestCheckpoint().value();
    return latest ? latest->first : -1;
  };
  const Stopwatch watch;
  while (ListShards(learner->shards())->size() < shards || newest(*worker) < newest(*learner)) {
    const absl::Status sent = link.Step(), taken = learner_link->Step();
    INFO(sent << " " << taken);
    REQUIRE(MayPass(sent));
    REQUIRE(MayPass(taken));
    REQUIRE(watch.Seconds() < 60);
  }
}

void TwoHosts::CheckLearnsTheSame() const {
  CHECK(Delivered() == played);
  const models::TrainerState shared = LearntFrom(folder / "shared", played_ids, played);
  const models::TrainerState there =
      LearntFrom(folder / "there", ListShards(learner->shards()).value(), Delivered());
  CHECK(there.network.parameters == shared.network.parameters);
  CHECK(there.first_moment == shared.first_moment);
  CHECK(there.second_moment == shared.second_moment);
}

}  // namespace hod::engine
