// Messages of clients, a line each, and what a session makes of them.
#include <algorithm>
#include <memory>

#include "absl/strings/str_split.h"
#include "engine/live/session.h"
#include "tests/fuzz/target.h"

namespace hod::engine {
namespace {

// Nobody listens, and nothing is thought.
class DeafHost : public SessionHost {
 public:
  void Send(const nlohmann::json& message) override { bytes_ += DumpSize(message); }
  void Work(std::function<void()>, std::function<void()>) override {}

 private:
  // A message that cannot be written would be found here.
  static size_t DumpSize(const nlohmann::json& message) { return message.dump().size(); }
  size_t bytes_ = 0;
};

// A house, a screen with items of every kind, a house, ...
class SmallProgramme : public Programme {
 public:
  absl::StatusOr<std::optional<Stage>> At(int index) const override {
    if (index % 2 == 1) {
      ScreenStage screen{"questions", "Questions", "", "Go on", {}};
      screen.items = {{"a", "", ScreenItem::Kind::kScale, 1, 5, "", "", {}},
                      {"b", "", ScreenItem::Kind::kChoice, 1, 7, "", "", {"x", "y"}},
                      {"c", "", ScreenItem::Kind::kText, 1, 7, "", "", {}}};
      return Stage(std::move(screen));
    }
    HouseStage house;
    house.game.size = {4, 4, 4};
    house.game.horizon = 20;
    house.goal.blocks = env::EmptyWorld(house.game.size);
    house.goal.blocks[house.game.size.Index({1, 2, 1})] = env::kPlanks;
    return Stage(std::move(house));
  }
  std::string Fingerprint() const override { return "fuzz"; }
};

}  // namespace
}  // namespace hod::engine

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hod::engine;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const SmallProgramme programme;
  DeafHost host;
  auto session = PlaySession::Create(programme, "", host);
  hod::fuzz::Expect(session.ok() && (*session)->Connect().ok(), "a session begins");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const auto message = ParseClientMessage(line);
    if (!message.ok()) {
      hod::fuzz::Expect(!message.status().message().empty(), "an error says something");
      continue;
    }
    hod::fuzz::Expect((*session)->Receive(*message).ok(), "what clients say is no error of ours");
  }
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  return {R"({"type": "act", "id": 1, "action": {"type": "move", "direction": "+x"}}
{"type": "act", "id": 2, "action": {"type": "place", "at": [1, 2, 1], "block": 6}}
{"type": "act", "id": 3, "action": {"type": "break", "at": [1, 1, 1]}}
{"type": "pause", "on": true}
{"type": "thoughts", "on": true}
{"type": "finish"}
{"type": "next"}
{"type": "answers", "answers": {"a": 3, "b": "x", "c": "words"}}
{"type": "ping", "id": 5})"};
}
