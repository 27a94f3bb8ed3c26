#include "engine/server/watch_host.h"

#include <utility>
#include <variant>

#include "engine/live/protocol.h"
#include "env/base/json.h"

namespace hod::engine {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(2);

}  // namespace

WatchHost::WatchHost(WatchedRuns runs, WebServer& server)
    : runs_(std::make_shared<WatchedRuns>(std::move(runs))),
      server_(server),
      whole_(DumpJson(runs_->Message(/*with_episode=*/true))) {}

absl::Status WatchHost::OnClient() {
  seen_ = true;
  server_.Send(DumpJson(WelcomeJson()));
  server_.Send(whole_);
  return absl::OkStatus();
}

absl::Status WatchHost::OnText(absl::string_view text) {
  const absl::StatusOr<ClientMessage> message = ParseClientMessage(text);
  const auto* const ping = message.ok() ? std::get_if<PingMessage>(&*message) : nullptr;
  if (ping != nullptr) {
    server_.Send(DumpJson(nlohmann::json{{"type", "pong"}, {"id", ping->id}}));
  } else {
    server_.Send(DumpJson(ErrorJson(message.ok() ? "type: runs are only shown, expected ping"
                                                 : message.status().message())));
  }
  return absl::OkStatus();
}

absl::Status WatchHost::OnTick() {
  if (!seen_ || looking_ || MonotonicNow() < next_look_) return absl::OkStatus();
  looking_ = true;
  struct Messages {
    std::string whole, news;
  };
  const auto messages = std::make_shared<Messages>();
  const auto look = [runs = runs_, messages] {
    const WatchedRuns::News news = runs->Poll();
    if (!news.any) return;
    messages->whole = DumpJson(runs->Message(/*with_episode=*/true));
    messages->news = DumpJson(runs->Message(news.episode));
  };
  server_.Work(look, [this, messages] {
    looking_ = false;
    next_look_ = MonotonicNow() + kInterval;
    if (messages->whole.empty()) return;
    whole_ = std::move(messages->whole);
    server_.Send(std::move(messages->news));
  });
  return absl::OkStatus();
}

}  // namespace hod::engine
