#include "engine/cluster/local_cluster.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/cluster/redis.h"
#include "engine/training/child_process.h"
#include "engine/training/run_directory.h"
#include "engine/training/train.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

// A server on a socket that ends with this object.
class LocalRedis {
 public:
  explicit LocalRedis(const std::string& folder) : folder_(folder) {}
  ~LocalRedis() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  LocalRedis(const LocalRedis&) = delete;
  LocalRedis& operator=(const LocalRedis&) = delete;

  std::string url() const { return absl::StrCat("unix:", folder_, "/socket"); }

  absl::Status Start(const std::atomic<bool>& stop) {
    RETURN_IF_ERROR(MakeDirectories(folder_));
    std::vector<std::string> words = {"redis-server",
                                      "--port",
                                      "0",
                                      "--unixsocket",
                                      folder_ + "/socket",
                                      "--dir",
                                      folder_,
                                      "--save",
                                      "",
                                      "--logfile",
                                      folder_ + "/log",
                                      "--appendonly",
                                      "yes",
                                      "--maxmemory",
                                      "512mb",
                                      "--maxmemory-policy",
                                      "noeviction"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error =
        posix_spawnp(&pid_, "redis-server", nullptr, nullptr, arguments.data(), environ);
    if (error != 0) {
      pid_ = -1;
      return absl::ErrnoToStatus(error,
                                 "redis-server: cannot start; it is in redis-server of "
                                 "Debian");
    }
    ASSIGN_OR_RETURN(RedisAddress address, ParseRedisUrl(url()));
    Redis redis(std::move(address));
    absl::Status status;
    for (int tries = 0; tries < 200; ++tries) {
      if (stop) return absl::CancelledError("stopped before redis-server answered");
      status = redis.Command({"PING"}).status();
      if (status.ok()) return status;
      absl::SleepFor(absl::Milliseconds(50));
    }
    return status;
  }

 private:
  const std::string folder_;
  pid_t pid_ = -1;
};

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
  // Whatever becomes of the others, the learner and its own workers go on: they are a whole run.
  if (status.ok()) status = Train(run, "", stop);
  std::vector<ChildProcess*> all;
  for (ChildProcess& child : children) all.push_back(&child);
  StopAll(all);
  return status;
}

}  // namespace hod::engine
