#include "engine/server/live_host.h"

#include "engine/live/protocol.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::engine {

absl::Status LiveHost::Open() {
  ASSIGN_OR_RETURN(session_, PlaySession::Create(programme_, folder_, *this));
  return absl::OkStatus();
}

absl::Status LiveHost::OnText(absl::string_view text) {
  const absl::StatusOr<ClientMessage> message = ParseClientMessage(text);
  if (message.ok()) return session_->Receive(*message);
  Send(ErrorJson(message.status().message()));
  return absl::OkStatus();
}

void LiveHost::Send(const nlohmann::json& message) { server_.Send(DumpJson(message)); }

}  // namespace hod::engine
