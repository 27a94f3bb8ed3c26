// Beside self-play workers: offers their shards to Redis, and fetches the networks that they play
// with. They know nothing of it: they see a run directory.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/cluster/run_exchange.h"
#include "engine/samples/shard_directory.h"
#include "engine/training/run_directory.h"
#include "env/base/clock.h"
#include "env/base/json_lines.h"

namespace hod::engine {

// What happens when shards cannot be passed on and the spool is full, or the disk below it.
enum class WhenFull { kPause, kDropOldest };

struct SpoolOptions {
  int64_t max_bytes = int64_t{1} << 30;        // Shards that wait in the run directory.
  int64_t min_free_bytes = int64_t{64} << 20;  // That are left of the disk.
  WhenFull when_full = WhenFull::kPause;
  absl::Duration stagger = absl::Seconds(2);  // Hosts fetch a new network within so long.
};

class WorkerLink {
 public:
  // Goes on where a link of this run directory was; a new one has no workers yet. The last three
  // are borrowed.
  static absl::StatusOr<WorkerLink> Open(const RunDirectory& run, const PublishedRun& published,
                                         RunExchange& exchange, const SpoolOptions& options);

  // Numbers for so many workers, at the first call; the same ones later.
  absl::StatusOr<std::vector<int>> NumberWorkers(int count);
  // Passes on what there is. Unavailable or resource exhausted: Redis cannot be reached now, it or
  // a disk is full, or the newest network is damaged; the next call makes up for it. Failed
  // precondition: the run is another one by now, or another host has a worker of this one's
  // numbers.
  absl::Status Step();
  // The part of it that needs no Redis: play pauses, or shards are dropped, while the spool is
  // full.
  absl::Status KeepSpoolBounded();

  int64_t sent() const { return sent_; }
  int64_t dropped() const { return dropped_; }
  int64_t spool_bytes() const { return spool_bytes_; }
  int64_t network_step() const { return network_step_; }

 private:
  struct Sent {
    int64_t sequence = -1;  // The worker's last shard that was accepted or dropped.
    int64_t next = 0;       // The number under which the next one is offered.
  };

  WorkerLink(const RunDirectory& run, const PublishedRun& published, RunExchange& exchange,
             const SpoolOptions& options);
  absl::Status Load();
  absl::Status Save();
  // The shards that wait, oldest first.
  absl::StatusOr<std::vector<ShardId>> Waiting();
  absl::Status PassOnShards();
  absl::Status Offer(ShardId id);
  // Notes that a shard has been accepted.
  absl::Status Forget(ShardId id);
  // Deletes the files of those, but for a worker's newest: from it the worker goes on counting.
  absl::Status DeleteForgotten();
  bool IsFull() const;
  absl::Status FetchNetwork();
  absl::Status Report();
  std::string PathOf(ShardId id) const;

  const RunDirectory& run_;
  const PublishedRun& published_;
  RunExchange& exchange_;
  const SpoolOptions options_;
  std::string host_;
  std::vector<int> workers_;
  std::map<int, Sent> sent_by_;
  bool saved_ = true;  // All of it.
  int64_t sent_ = 0, dropped_ = 0, uncounted_drops_ = 0, spool_bytes_ = 0;
  int64_t network_step_ = -1;
  MonotonicTime fetch_at_, next_look_, next_report_;
  int64_t fetch_step_ = -1;
  std::map<int, JsonLinesFollower> metrics_;  // By worker,
  std::map<int, double> rates_;               // and timesteps a second.
};

}  // namespace hod::engine
