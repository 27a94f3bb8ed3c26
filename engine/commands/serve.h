// What commands with a page have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/server/web_server.h"

namespace hod::engine {

struct ServeOptions {
  std::string listen;
  int port = 0;
};
void AddServeOptions(CLI::App& command, ServeOptions& options);

// Listens from now on, with a token of its own.
absl::StatusOr<std::unique_ptr<WebServer>> Listen(const ServeOptions& options, int max_clients = 1);

// Prints where the page is, opens it where there is a desktop, and serves until Ctrl-C.
absl::Status Serve(const ServeOptions& options, WebServer& server, SocketHandler& handler);

}  // namespace hod::engine
