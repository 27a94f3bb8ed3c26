// Beside a learner: takes shards from Redis into its run directory, and passes its networks on. The
// learner knows nothing of it.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "engine/cluster/run_exchange.h"
#include "engine/training/run_directory.h"
#include "env/base/clock.h"
#include "env/base/json_lines.h"

namespace hod::engine {

class LearnerLink {
 public:
  // `run` and `exchange` are borrowed. Where several learners have a directory each, the one of
  // `part.rank` has this link, and the exchange is that of its rank.
  LearnerLink(const RunDirectory& run, RunExchange& exchange, Part part = {});

  // Takes the run's name, at once if it was this directory's on this machine; fails if another
  // learner has it, or another link this directory. Unavailable: the link of rank 0 has not
  // published the run yet. To be called before Step(), until it succeeds.
  absl::Status Begin();
  // Passes on what there is, waiting a moment for it. Unavailable or resource exhausted: Redis
  // cannot be reached now, or a disk is full; the next call makes up for it.
  absl::Status Step();

  int64_t delivered() const { return delivered_; }
  int64_t refused() const { return refused_; }
  int64_t lost() const { return lost_; }
  int64_t network_step() const { return network_step_; }

 private:
  absl::Status FindPublished();
  absl::Status DeleteHalfWritten() const;
  absl::Status Lead();
  absl::Status Pass();
  absl::Status PassNetwork();
  std::string RefusedShards() const { return run_.path() + "/refused"; }
  // Whether there can be a shard of its worker and number.
  bool HasPlace(const TakenShard& shard) const;
  // Puts it in the learner's folder, or aside if it is not a shard of this run.
  absl::Status Store(TakenShard& shard) const;
  // Counts a shard that is safely on the disk, and removes it from Redis.
  absl::Status Finish(const TakenShard& shard);
  absl::Status Report();

  const RunDirectory& run_;
  RunExchange& exchange_;
  const Part part_;
  std::optional<RoleLock> lock_;
  std::string owner_;  // Who holds the lease: this directory on this machine.
  PublishedRun published_;
  std::deque<TakenShard> taken_;  // Not yet removed from Redis.
  const std::shared_ptr<void> threads_;
  int64_t network_step_ = -1;
  int64_t delivered_ = 0, refused_ = 0, lost_ = 0;
  std::map<int, int64_t> next_number_;  // By worker, of the shards that have come.
  JsonLinesFollower learner_metrics_;
  double learner_step_ = 0;
  std::optional<JsonLinesWriter> metrics_;  // They tell who plays on other machines.
  MonotonicTime network_since_ = MonotonicNow();
  MonotonicTime next_lease_, next_look_, next_report_;
};

// Until `stop`. Waits and tries again while Redis cannot be reached. Shows what passes.
absl::Status RunLearnerLink(const RunDirectory& run, RunExchange& exchange,
                            const std::atomic<bool>& stop, Part part = {});

}  // namespace hod::engine
