#include "engine/cluster/local_redis.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/cluster/redis.h"
#include "env/base/files.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

std::vector<std::string> Arguments(const std::string& folder,
                                   const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"--port",
                                        "0",
                                        "--unixsocket",
                                        folder + "/socket",
                                        "--dir",
                                        folder,
                                        "--save",
                                        "",
                                        "--appendonly",
                                        "yes",
                                        "--maxmemory",
                                        "512mb",
                                        "--maxmemory-policy",
                                        "noeviction"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return arguments;
}

}  // namespace

LocalRedis::LocalRedis(const std::string& folder, const std::vector<std::string>& options)
    : folder_(folder), process_(Arguments(folder, options), folder + "/log", "redis-server") {}

LocalRedis::~LocalRedis() { StopAll({&process_}); }

std::string LocalRedis::url() const { return absl::StrCat("unix:", folder_, "/socket"); }

absl::Status LocalRedis::Start(const std::atomic<bool>& stop) {
  RETURN_IF_ERROR(MakeDirectories(folder_));
  RETURN_IF_ERROR(process_.Start());
  ASSIGN_OR_RETURN(RedisAddress address, ParseRedisUrl(url()));
  Redis redis(std::move(address));
  for (;;) {
    if (stop) return absl::CancelledError("stopped before redis-server answered");
    absl::SleepFor(absl::Milliseconds(20));
    if (const auto ended = process_.Poll()) {
      return Annotate(process_.Failed(*ended), "expected Debian's redis-server");
    }
    const absl::Status answer = redis.Command({"PING"}).status();
    if (!absl::IsUnavailable(answer)) return answer;
  }
}

}  // namespace hod::engine
