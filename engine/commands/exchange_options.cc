#include "engine/commands/exchange_options.h"

#include <utility>

#include "engine/cluster/host.h"
#include "engine/program/checks.h"
#include "env/base/status.h"

namespace hod::engine {

CLI::Option* AddExchangeOptions(CLI::App& command, ExchangeOptions& options) {
  command.add_option("--name", options.name, "of the run in Redis")->capture_default_str();
  return command.add_option("--redis", options.redis, kRedisUrls)
      ->capture_default_str()
      ->check(Path());
}

absl::StatusOr<RunExchange> OpenExchange(const ExchangeOptions& options, int link) {
  RETURN_IF_ERROR(CheckRunName(options.name));
  ASSIGN_OR_RETURN(RedisAddress address, ParseRedisUrl(options.redis));
  return RunExchange(std::move(address), options.name, link);
}

}  // namespace hod::engine
