#include "engine/commands/serve.h"

#include <spawn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "engine/commands/command.h"
#include "engine/program/checks.h"
#include "env/base/entropy.h"

namespace hod::engine {
namespace {

void OpenBrowser(const std::string& url) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) return;
  std::string program = "xdg-open", argument = url;
  char* arguments[] = {program.data(), argument.data(), nullptr};
  pid_t child = 0;
  posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments, environ);
}

}  // namespace

void AddServeOptions(CLI::App& command, ServeOptions& options) {
  command
      .add_option("--listen", options.listen,
                  "an IP address to listen at, for others than this machine")
      ->check(Path());
  command.add_option("--port", options.port, "0: a free one")
      ->capture_default_str()
      ->check(WholeNumber(0, 65535));
}

absl::StatusOr<std::unique_ptr<WebServer>> Listen(const ServeOptions& options, int max_clients) {
  ServerOptions server{.port = options.port, .token = RandomName(), .max_clients = max_clients};
  if (!options.listen.empty()) server.address = options.listen;
  return WebServer::Listen(server);
}

absl::Status Serve(const ServeOptions& options, WebServer& server, SocketHandler& handler) {
  const StopOnSignals signals;
  if (!options.listen.empty()) {
    std::printf(
        "Whoever reaches %s and knows the address below, token included, is let in. It is not\n"
        "encrypted: others on the way can read and change it.\n",
        options.listen.c_str());
  }
  std::printf("Open %s\nCtrl-C ends it.\n", server.Url().c_str());
  std::fflush(stdout);
  OpenBrowser(server.Url());
  return server.Run(handler, g_stop);
}

}  // namespace hod::engine
