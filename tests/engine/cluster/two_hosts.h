// A learner's machine and one of workers, as directories of one run with their links.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cluster/learner_link.h"
#include "engine/cluster/worker_link.h"
#include "tests/support/base/test_files.h"
#include "tests/support/engine/redis_server.h"

namespace hod::engine {

inline std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

struct TwoHosts {
  // Both connect by these, which need not be the same.
  TwoHosts(RunExchange for_learner, RunExchange for_worker);
  explicit TwoHosts(const RedisServer& server) : TwoHosts(server.Exchange(), server.Exchange()) {}

  // A shard of that worker, as self-play would write it, made larger by so many bytes.
  void Play(int number, int64_t sequence, size_t padding = 0);
  // The bytes of the learner's shards, by worker and sequence.
  std::vector<std::string> Delivered() const;
  // Begins as `hod link` and the first `hod work` do; returns the number of a worker, which every
  // link that is opened has.
  int Begin();
  WorkerLink OpenLink(const SpoolOptions& options = {});
  // Steps both links until the learner has so many shards and the workers its newest network, for
  // up to a minute. They may find Redis unavailable or full meanwhile.
  void Deliver(WorkerLink& link, size_t shards);
  // A learner of the delivered shards ends with the parameters of one of those that were played,
  // bit by bit. Requires that they were played by worker after worker, in order.
  void CheckLearnsTheSame() const;

  const TempDir folder;
  RunExchange learner_exchange, worker_exchange;
  std::optional<RunDirectory> learner, worker;
  std::optional<LearnerLink> learner_link;
  PublishedRun published;
  std::vector<std::string> played;
  std::vector<ShardId> played_ids;
};

}  // namespace hod::engine
