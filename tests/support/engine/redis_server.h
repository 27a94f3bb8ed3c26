// A Redis server of a test's own, on a socket.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/cluster/run_exchange.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

extern char** environ;

namespace hod::engine {

class RedisServer {
 public:
  // Whether there is one to start; warns that the test is skipped if not.
  static bool Installed() {
    const bool installed = access("/usr/bin/redis-server", X_OK) == 0;
    if (!installed) WARN("skipped: no redis-server");
    return installed;
  }

  explicit RedisServer(std::vector<std::string> options = {}) : options_(std::move(options)) {
    Start();
  }
  ~RedisServer() { Kill(); }

  void Start() {
    std::vector<std::string> words = {
        "redis-server", "--port", "0", "--unixsocket", socket(),       "--dir",
        folder_.path(), "--save", "",  "--logfile",    folder_ / "log"};
    words.insert(words.end(), options_.begin(), options_.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    REQUIRE(posix_spawn(&pid_, "/usr/bin/redis-server", nullptr, nullptr, arguments.data(),
                        environ) == 0);
    Redis redis(address());
    for (int tries = 0; !redis.Command({"PING"}).ok(); ++tries) {
      REQUIRE(tries < 500);
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  void Kill() { Signal(SIGKILL, /*ends=*/true); }
  void Signal(int signal, bool ends = false) {
    if (pid_ == 0) return;
    kill(pid_, signal);
    if (!ends) return;
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
    unlink(socket().c_str());
  }

  std::string socket() const { return folder_ / "socket"; }
  RedisAddress address() const {
    RedisAddress address;
    address.socket = socket();
    return address;
  }
  // The entry `what` of INFO, such as used_memory; 0 if there is none.
  int64_t Info(const std::string& what) const {
    const std::string text = Redis(address()).Command({"INFO"}).value().text;
    const size_t at = text.find("\n" + what + ":");
    return at == std::string::npos ? 0 : std::stoll(text.substr(at + what.size() + 2));
  }
  RunExchange Exchange(const std::string& name = "run") const {
    return RunExchange(address(), name);
  }

 private:
  const TempDir folder_;
  const std::vector<std::string> options_;
  pid_t pid_ = 0;
};

}  // namespace hod::engine
