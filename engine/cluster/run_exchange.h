// A run in Redis: what its learner and its self-play workers on other machines pass to each other.
//
//   hod:NAME:run        hash: who it is (id), its configuration, the newest network's step and
//                       checksum
//   hod:NAME:network:N  the network of step N; for a minute only once there is a newer one
//   hod:NAME:shards     stream of whole shards, consumer group "learner"
//   hod:NAME:accepted   hash: by worker, the number of its last shard and, as WORKER:host, its host
//   hod:NAME:counts     hash: shards accepted, delivered, refused, dropped, lost
//   hod:NAME:workers    how many workers have been numbered
//   hod:NAME:learner    whose learner it is, for as long as it renews that
//   hod:NAME:host:ID    what a host says of itself, for a minute
//
// Learners that have a directory and a link each (hod link --rank) have a stream and a lease each:
// of rank 1 hod:NAME:shards:1 and hod:NAME:learner:1, and so on. The link of rank 0 publishes for
// all.
//
// A shard is accepted once: with it the number of its worker's last shard is set, in one step. It
// is taken away after it is safely in the learner's directory. Shards are never thrown away by
// Redis (no MAXLEN): a full Redis refuses new ones, but nothing of what empties it.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/cluster/redis.h"

namespace hod::engine {

// A run as its learner has published it.
struct PublishedRun {
  std::string id;           // No other run has it.
  std::string config;       // TOML.
  std::string fingerprint;  // FingerprintOf() its configuration.
  int first_worker = 0;     // Workers with lower numbers play on the learners' machines.
  int links = 1;            // A shard goes to the link WORKER % links.
  int numbered = 0;         // So many workers, at least, have been numbered.
};

// What workers and learner have to agree on: a checksum of the configuration's text and of the
// format of shards.
std::string FingerprintOf(const std::string& config);

struct PublishedNetwork {
  int64_t step = -1;
  std::string checksum;  // XXH64 of the file, hexadecimal.
};

struct OfferedShard {
  std::string host;  // Whose worker it is.
  int worker = 0;
  int64_t number = 0;  // From 0, one after the other, as its host offers them.
  std::string bytes;
};

enum class Acceptance { kAccepted, kKnownAlready };

struct TakenShard {
  std::string entry;  // Its name in the stream.
  int worker = 0;
  int64_t number = 0;
  std::string bytes;
  bool refused = false;  // As its taker finds.
};

struct ExchangeCounts {
  int64_t accepted = 0, delivered = 0, refused = 0, dropped = 0, lost = 0;
  int64_t waiting = 0;  // Accepted and not yet taken away.
};

class RunExchange {
 public:
  // `link` is the rank of the learner whose link this is, if it is one. No call waits longer than
  // `timeout`, or than its own patience on top.
  RunExchange(RedisAddress address, std::string name, int link = 0,
              absl::Duration timeout = kRedisTimeout);

  const std::string& name() const { return name_; }
  std::string server() const { return redis_.name(); }

  // The learner's side. Makes this learner, `owner`, the run's for `lease`; failed precondition if
  // another has it. To be called again before that time is over: later, networks are not published
  // and shards not removed, which is unavailable.
  absl::Status Lead(const std::string& owner, absl::Duration lease);
  // Publishes who the run is, and how many workers have been numbered, which a Redis that has lost
  // its memory would number again. Failed precondition if a run of another id has the name, or had
  // another number of links.
  absl::Status Publish(const PublishedRun& run);
  absl::Status PublishNetwork(int64_t step, const std::string& bytes);
  // Up to `count` shards: first those that were taken and not yet removed, then new ones, for which
  // it waits up to `patience`.
  absl::StatusOr<std::vector<TakenShard>> Take(int count, absl::Duration patience);
  // Counts shards that were accepted and then lost with Redis's memory or disk.
  absl::Status CountLost(int64_t shards);
  // Removes a shard that has been stored, or refused, and counts it as that.
  absl::Status Remove(const TakenShard& shard);

  // The workers' side. Not found: nobody has published a run of that name. Failed precondition: its
  // learner is a program that writes shards of another format.
  absl::StatusOr<PublishedRun> Find();
  // Numbers for `count` workers that nobody else has.
  absl::StatusOr<std::vector<int>> NumberWorkers(int count, int first);
  // Failed precondition, by name, if the shard is of another run, configuration or format, or its
  // worker another host's; resource exhausted if there is no room now; unavailable if Redis does
  // not know the run any more.
  absl::StatusOr<Acceptance> Offer(const PublishedRun& run, const OfferedShard& shard);
  absl::Status CountDropped(int64_t shards);
  absl::StatusOr<PublishedNetwork> NewestNetwork();
  // Not found: it is gone, and a newer one is there. Data loss: it is damaged.
  absl::StatusOr<std::string> FetchNetwork(const PublishedNetwork& network);

  // Both. What a host says of itself: rates, lag, ...
  absl::Status Report(const std::string& host, const nlohmann::json& status);
  absl::StatusOr<std::map<std::string, nlohmann::json>> Reports();
  absl::StatusOr<ExchangeCounts> Counts();

 private:
  std::string Key(const std::string& what) const;
  // The stream of a link's shards.
  std::string ShardsOf(int link) const;
  absl::Status MakeGroup();
  // Runs a script of those that only the learner may run, if this is it.
  absl::Status AsLearner(const std::string& script, std::vector<std::string> keys,
                         std::vector<std::string> arguments);
  absl::Status Count(const char* what, int64_t shards);

  Redis redis_;
  const std::string name_;
  const int link_;
  std::string owner_;  // Who holds the lease.
  bool took_pending_ = false;
};

}  // namespace hod::engine
