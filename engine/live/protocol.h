// The messages between a session and its client, in JSON (docs/play.md, "Protocol").
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/explain/explanation.h"
#include "engine/live/live_game.h"
#include "env/game/game.h"

namespace hod::engine {

inline constexpr int kPlayProtocol = 1;
inline constexpr size_t kMaxMessageBytes = 64 << 10;

struct HelloMessage {
  std::string token;
};
struct ActMessage {
  int64_t id = 0;
  nlohmann::json action;  // ParseAction() reads it, for the world of the game.
};
struct ThoughtsMessage {
  bool on = false;
};
struct PauseMessage {
  bool on = false;
};
struct FinishMessage {};
struct NextMessage {};
struct AnswersMessage {
  nlohmann::json answers;  // An object.
};
struct PingMessage {
  int64_t id = 0;
};
using ClientMessage = std::variant<HelloMessage, ActMessage, ThoughtsMessage, PauseMessage,
                                   FinishMessage, NextMessage, AnswersMessage, PingMessage>;

// Errors name the key and what was expected.
absl::StatusOr<ClientMessage> ParseClientMessage(absl::string_view text);
absl::StatusOr<env::Action> ParseAction(const nlohmann::json& json, const env::WorldSize& size);

nlohmann::json ToJson(const env::Action& action, const env::WorldSize& size);

// Server messages.
nlohmann::json WelcomeJson();
nlohmann::json ErrorJson(absl::string_view error);
nlohmann::json StepJson(const LiveGame& game, const LiveStep& step, std::optional<int64_t> id);
nlohmann::json ThoughtJson(const env::Game& game, const env::State& state,
                           const Explanation& explanation, const env::Action& action);

// What is believed of the voxels of `state`, as far as it is worth showing.
nlohmann::json BeliefJson(const env::WorldSize& size, const env::State& state,
                          const GoalBelief& belief);
nlohmann::json CellJson(env::Cell cell);
// Arrays over the world, one byte a voxel.
std::string Base64OfBlocks(absl::Span<const env::Block> blocks);

}  // namespace hod::engine
