// A page and a WebSocket, on this machine unless somebody asks for more (docs/play.md, "Safety").
// One thread serves and calls the handler; another does the handler's longer work.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hod::engine {

struct ServerOptions {
  std::string address = "127.0.0.1";  // An IP address to listen at.
  int port = 0;                       // 0: a free one.
  std::string token;                  // What clients have to say first: a secret.
  int max_clients = 1;                // One more takes the place of the oldest.
};

// What serves the socket. An error ends the server.
class SocketHandler {
 public:
  virtual ~SocketHandler() = default;
  // A client has said hello with the right token.
  virtual absl::Status OnClient() = 0;
  // What a client then says: text of at most kMaxMessageBytes.
  virtual absl::Status OnText(absl::string_view text) = 0;
  // The last client is gone.
  virtual void OnNobody() = 0;
  // Some fifty times a second.
  virtual absl::Status OnTick() = 0;
};

class WebServer {
 public:
  // Listens from now on. Errors name the address.
  static absl::StatusOr<std::unique_ptr<WebServer>> Listen(const ServerOptions& options);
  ~WebServer();

  // Where a browser finds the page, token included.
  std::string Url() const;

  // Serves until `stop` is set or the handler fails.
  absl::Status Run(SocketHandler& handler, const std::atomic<bool>& stop);

  // These may be called by the handler alone. To all clients:
  void Send(std::string text);
  // Does `work` on another thread, then `finish` on that of the handler. When the server ends, it
  // waits for `work`, and `finish` is not called.
  void Work(std::function<void()> work, std::function<void()> finish);

 private:
  struct Implementation;
  explicit WebServer(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace hod::engine
