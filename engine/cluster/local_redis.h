// A Redis server of this process's own.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/training/child_process.h"
#include "engine/training/run_directory.h"

namespace hod::engine {

// Listens on a socket in its folder, keeps a log there of what it has accepted, and takes up to
// 512 MB. Ends with this object and with this process.
class LocalRedis {
 public:
  // `options` are more of those of redis-server's command line.
  explicit LocalRedis(const std::string& folder, const std::vector<std::string>& options = {});
  ~LocalRedis();
  LocalRedis(const LocalRedis&) = delete;
  LocalRedis& operator=(const LocalRedis&) = delete;

  std::string url() const;  // As for ParseRedisUrl().

  // Returns when it answers; until `stop`, for which the status is cancelled. Needs redis-server.
  absl::Status Start(const std::atomic<bool>& stop = kNeverStopped);
  ChildProcess& process() { return process_; }

 private:
  const std::string folder_;
  ChildProcess process_;
};

}  // namespace hod::engine
