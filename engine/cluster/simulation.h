// What a run with more machines than there are would do: shards on their way from workers to the
// learner, event by event, from what a shard takes of each on the way.
//
//   workers -> spools of hosts -> Redis -> link -> the learner's folder -> the learner
//
// Redis and the link do one thing at a time. A host looks for shards every 0.1 s and the learner
// every second, as the real ones do. Processes have processors, disks and networks of their own.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"

namespace hod::engine {

// Seconds that a shard takes of each when nothing else is there.
struct ShardServices {
  double host = 0;       // Sends it, and waits for Redis to take it.
  double redis_in = 0;   // That part of it.
  double redis_out = 0;  // Redis gives it to the link and forgets it.
  double link = 0;       // Takes it from Redis and stores it, that included.
  double learner = 0;    // Reads it.
};

// From the table "services" of a file as `hod bench cluster` writes it.
absl::StatusOr<ShardServices> ShardServicesFromJson(const nlohmann::json& measured);

struct SimulatedCluster {
  ShardServices services;
  int workers = 10;
  int workers_per_host = 16;
  double shard_seconds = 2;  // Play for a shard, from half to one and a half times as long.
  double shard_bytes = 140e3;
  double redis_bytes = 8e9;        // Then Redis takes no more.
  double spool_bytes = 1e9;        // What a host holds; then it drops its oldest shards.
  double checkpoint_seconds = 30;  // From one network to the next.
  double seconds = 600;            // That are simulated.
  uint64_t seed = 1;
};

struct SimulatedFigures {
  int64_t played = 0, read = 0, dropped = 0;                       // Shards, in all.
  int64_t on_hosts = 0, in_redis = 0, in_link = 0, in_folder = 0;  // At the end.
  // Shares of the time that each was busy.
  double hosts_busy = 0, redis_busy = 0, link_busy = 0, learner_busy = 0;
  // In the last quarter of the time; NaN is a quantile of nothing.
  double stored_per_second = 0;
  double stored_after_median = 0, stored_after_95 = 0;  // Seconds after a shard was complete.
  double redis_wait = 0;                                // Mean of a shard, before Redis takes it.
  // Seconds since the learner had the network with which what it reads was played: the median.
  double network_age = 0;
};

// Requires positive times, counts and bytes.
SimulatedFigures Simulate(const SimulatedCluster& cluster);

}  // namespace hod::engine
