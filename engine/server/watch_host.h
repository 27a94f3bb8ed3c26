// What the page of `hod watch` speaks to. It looks at the runs while somebody sees them.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/server/watched_runs.h"
#include "engine/server/web_server.h"
#include "env/base/clock.h"

namespace hod::engine {

class WatchHost : public SocketHandler {
 public:
  // `server` is borrowed.
  WatchHost(WatchedRuns runs, WebServer& server);

  absl::Status OnClient() override;
  absl::Status OnText(absl::string_view text) override;
  void OnNobody() override { seen_ = false; }
  absl::Status OnTick() override;

 private:
  const std::shared_ptr<WatchedRuns> runs_;  // The server's worker may outlive this.
  WebServer& server_;
  std::string whole_;  // The message to new clients.
  bool seen_ = false;
  bool looking_ = false;  // The worker has the runs.
  MonotonicTime next_look_;
};

}  // namespace hod::engine
