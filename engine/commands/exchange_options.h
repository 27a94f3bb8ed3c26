// Which run in which Redis: the options that commands of a run on many machines have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "engine/cluster/run_exchange.h"

namespace hod::engine {

struct ExchangeOptions {
  std::string redis = "redis://127.0.0.1", name = "run";
};

// Adds --redis, which it returns, and --name.
CLI::Option* AddExchangeOptions(CLI::App& command, ExchangeOptions& options);
// `link` as for RunExchange.
absl::StatusOr<RunExchange> OpenExchange(const ExchangeOptions& options, int link = 0);

}  // namespace hod::engine
