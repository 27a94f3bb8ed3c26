#include "engine/cluster/local_cluster.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/cluster/local_redis.h"
#include "engine/training/child_process.h"
#include "engine/training/run_directory.h"
#include "engine/training/train.h"
#include "env/base/files.h"
#include "env/base/parallel.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kWatchInterval = absl::Milliseconds(200);

}  // namespace

absl::Status RunLocalCluster(const LocalCluster& cluster, const std::atomic<bool>& stop) {
  const std::string absolute = std::filesystem::absolute(cluster.directory).string();
  LocalRedis redis(absolute + "/redis");
  RETURN_IF_ERROR(redis.Start(stop));
  ASSIGN_OR_RETURN(const RunDirectory run,
                   RunDirectory::CreateOrResume(absolute + "/run", cluster.config, stop));
  std::vector<ChildProcess> children;
  children.emplace_back(
      std::vector<std::string>{"link", "--run", run.path(), "--redis", redis.url()},
      run.logs() + "/link.log");
  for (int host = 1; host <= cluster.hosts; ++host) {
    const std::string folder = absl::StrCat(absolute, "/host-", host);
    RETURN_IF_ERROR(MakeDirectories(folder));
    children.emplace_back(std::vector<std::string>{"work", "--redis", redis.url(), "--out", folder},
                          folder + "/work.log");
  }
  absl::Status status;
  for (ChildProcess& child : children) status.Update(child.Start());
  RETURN_IF_ERROR(status);
  // Whatever becomes of the others, the learner and its own workers go on: they are a whole run.
  std::atomic<bool> ended = false;
  ASSIGN_OR_RETURN(std::future<absl::Status> training, RunBeside([&] {
                     const absl::Status trained = Train(run, "", stop);
                     ended = true;
                     return trained;
                   }));
  std::vector<ChildProcess*> kept = {&redis.process()};
  for (ChildProcess& child : children) kept.push_back(&child);
  while (!ended) {
    for (ChildProcess* child : std::exchange(kept, {})) {
      const absl::Status running = child->KeepRunning();
      if (running.ok()) kept.push_back(child);
      if (!running.ok()) spdlog::error("{}", std::string(running.message()));
    }
    absl::SleepFor(kWatchInterval);
  }
  status = training.get();
  std::vector<ChildProcess*> all;
  for (ChildProcess& child : children) all.push_back(&child);
  StopAll(all);
  return status;
}

}  // namespace hod::engine
