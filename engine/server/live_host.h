// A session behind a server: what the page of `hod play` speaks to.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/live/session.h"
#include "engine/server/web_server.h"

namespace hod::engine {

class LiveHost : public SocketHandler, public SessionHost {
 public:
  // All are borrowed. Open() comes before Run() of the server.
  LiveHost(const Programme& programme, std::string folder, WebServer& server)
      : programme_(programme), folder_(std::move(folder)), server_(server) {}

  // Begins the session, or goes on with the one in the folder.
  absl::Status Open();
  const PlaySession& session() const { return *session_; }

  absl::Status OnClient() override { return session_->Connect(); }
  absl::Status OnText(absl::string_view text) override;
  void OnNobody() override { session_->Disconnect(); }
  absl::Status OnTick() override { return session_->Tick(); }

  void Send(const nlohmann::json& message) override;
  void Work(std::function<void()> work, std::function<void()> finish) override {
    server_.Work(std::move(work), std::move(finish));
  }

 private:
  const Programme& programme_;
  const std::string folder_;
  WebServer& server_;
  std::unique_ptr<PlaySession> session_;
};

}  // namespace hod::engine
