#include "engine/live/protocol.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/base/json.h"
#include "env/base/json_object_reader.h"
#include "env/base/status.h"
#include "env/base/version.h"
#include "env/draw/moment.h"
#include "env/draw/texture.h"
#include "env/game/roles.h"

namespace hod::engine {

using nlohmann::json;

namespace {

constexpr int kTextureSize = 16;
constexpr const char* kMoves[6] = {"+x", "-x", "+y", "-y", "+z", "-z"};
// What is less probable is not worth a message.
constexpr double kShownFrom = 0.1;
constexpr size_t kShownActions = 6;

template <typename Message>
absl::StatusOr<ClientMessage> Finished(JsonObjectReader& reader, Message message) {
  RETURN_IF_ERROR(reader.Finish());
  return ClientMessage(std::move(message));
}

std::string Base64OfTexture(env::Block block, env::Face face) {
  std::string texels;
  const auto byte = [](double share) {
    return static_cast<char>(std::lround(255 * std::clamp(share, 0.0, 1.0)));
  };
  for (int v = 0; v < kTextureSize; ++v) {
    for (int u = 0; u < kTextureSize; ++u) {
      const env::Color color =
          env::Texture(block, face, (u + 0.5) / kTextureSize, (v + 0.5) / kTextureSize);
      texels += {byte(color.r), byte(color.g), byte(color.b), byte(color.a)};
    }
  }
  return absl::Base64Escape(texels);
}

}  // namespace

absl::StatusOr<ClientMessage> ParseClientMessage(absl::string_view text) {
  ASSIGN_OR_RETURN(const json object, ParseJson(text));
  JsonObjectReader reader(object, "");
  std::string type;
  reader.Read("type", type);
  if (!reader.ok()) return reader.Finish();
  if (type == "hello") {
    HelloMessage hello;
    reader.Expect("protocol", kPlayProtocol);
    reader.Read("token", hello.token);
    return Finished(reader, std::move(hello));
  }
  if (type == "act") {
    ActMessage act;
    reader.Read("id", 0, int64_t{1} << 53, act.id);
    if (const json* action = reader.Find("action")) act.action = *action;
    return Finished(reader, std::move(act));
  }
  if (type == "thoughts") {
    ThoughtsMessage thoughts;
    reader.Read("on", thoughts.on);
    return Finished(reader, thoughts);
  }
  if (type == "pause") {
    PauseMessage pause;
    reader.Read("on", pause.on);
    return Finished(reader, pause);
  }
  if (type == "answers") {
    AnswersMessage message;
    if (const json* answers = reader.Find("answers")) message.answers = *answers;
    if (!message.answers.is_object()) reader.Fail("answers", "an object");
    return Finished(reader, std::move(message));
  }
  if (type == "ping") {
    PingMessage ping;
    reader.Read("id", 0, int64_t{1} << 53, ping.id);
    return Finished(reader, ping);
  }
  if (type == "finish") return Finished(reader, FinishMessage{});
  if (type == "next") return Finished(reader, NextMessage{});
  return absl::InvalidArgumentError(
      "type: expected hello, act, thoughts, pause, finish, next, answers or ping");
}

absl::StatusOr<env::Action> ParseAction(const json& object, const env::WorldSize& size) {
  JsonObjectReader reader(object, "action");
  env::Action action;
  std::string type;
  reader.Read("type", type);
  if (!reader.ok()) return reader.Finish();
  if (type == "move") {
    std::string direction;
    reader.Read("direction", direction);
    const auto* const move = std::find(std::begin(kMoves), std::end(kMoves), direction);
    if (move == std::end(kMoves)) {
      reader.Fail("action.direction", "one of +x, -x, +y, -y, +z, -z");
    } else {
      action.type = static_cast<env::ActionType>(static_cast<int>(env::ActionType::kMovePosX) +
                                                 (move - std::begin(kMoves)));
    }
  } else if (type == "place" || type == "break") {
    action.type = type == "place" ? env::ActionType::kPlace : env::ActionType::kBreak;
    const json* const at = reader.Find("at");
    const int extents[3] = {size.w, size.h, size.d};
    int cell[3] = {0, 0, 0};
    bool inside = at != nullptr && at->is_array() && at->size() == 3;
    for (size_t k = 0; inside && k < 3; ++k) {
      const auto index = IntegerFromJson((*at)[k], 0, extents[k] - 1, "at");
      inside = index.ok();
      if (inside) cell[k] = static_cast<int>(*index);
    }
    if (!inside) {
      reader.Fail("action.at", absl::StrCat("[x, y, z] inside ", size.w, "x", size.h, "x", size.d));
    }
    action.location = size.Index({cell[0], cell[1], cell[2]});
    int block = env::kAir;
    if (type == "place") reader.Read("block", env::kFirstPlaceable, env::kNumBlocks - 1, block);
    action.block = static_cast<env::Block>(block);
  } else {
    reader.Fail("action.type", "move, place or break");
  }
  RETURN_IF_ERROR(reader.Finish());
  return action;
}

json ToJson(const env::Action& action, const env::WorldSize& size) {
  switch (action.type) {
    case env::ActionType::kNoop:
      return {{"type", "wait"}};
    case env::ActionType::kPlace:
      return {
          {"type", "place"}, {"at", CellJson(size.At(action.location))}, {"block", action.block}};
    case env::ActionType::kBreak:
      return {{"type", "break"}, {"at", CellJson(size.At(action.location))}};
    case env::ActionType::kGive:
      return {
          {"type", "give"}, {"at", CellJson(size.At(action.location))}, {"block", action.block}};
    default:
      return {
          {"type", "move"},
          {"direction",
           kMoves[static_cast<int>(action.type) - static_cast<int>(env::ActionType::kMovePosX)]}};
  }
}

json WelcomeJson() {
  json blocks = json::array(), top = json::array(), side = json::array();
  for (env::Block block = 0; block < env::kNumBlocks; ++block) {
    const env::Color& c = env::kBlockColors[block];
    const auto byte = [](double share) { return std::lround(255 * share); };
    blocks.push_back({{"name", env::kBlockNames[block]},
                      {"color", absl::StrFormat("#%02x%02x%02x", byte(c.r), byte(c.g), byte(c.b))},
                      {"placeable", block >= env::kFirstPlaceable}});
    const bool drawn = block != env::kAir;
    top.push_back(drawn ? json(Base64OfTexture(block, env::Face::kTop)) : json());
    side.push_back(drawn ? json(Base64OfTexture(block, env::Face::kX)) : json());
  }
  return {{"type", "welcome"},
          {"protocol", kPlayProtocol},
          {"program", absl::StrCat("hod ", kVersion)},
          {"blocks", blocks},
          {"textures", {{"size", kTextureSize}, {"top", top}, {"side", side}}}};
}

json ErrorJson(absl::string_view error) { return {{"type", "error"}, {"error", error}}; }

json StepJson(const LiveGame& game, const LiveStep& step, std::optional<int64_t> id) {
  const env::State& state = game.state();
  const env::WorldSize& size = game.game().size();
  json changes = json::array(), feet = json::array(), acted = json::array();
  for (const int at : step.changed) {
    changes.push_back(json::array({CellJson(size.At(at)), state.blocks[at], step.player}));
  }
  for (int p = 0; p < game.game().num_players(); ++p) {
    feet.push_back(CellJson(state.players[p].feet));
    acted.push_back(p == step.player ? ToJson(step.action, size) : json());
  }
  json message = {{"type", "step"},
                  {"timestep", state.timestep},
                  {"changes", changes},
                  {"feet", feet},
                  {"acted", acted}};
  if (id) message["id"] = *id;
  return message;
}

json CellJson(env::Cell c) { return json::array({c.x, c.y, c.z}); }

json BeliefJson(const env::WorldSize& size, const env::State& state, const GoalBelief& belief) {
  json voxels = json::array();
  const auto show = [&](int at, env::Block block, float probability) {
    if (probability < kShownFrom) return;
    voxels.push_back(
        json::array({CellJson(size.At(at)), block, std::round(1000 * probability) / 1000.0}));
  };
  for (const int at : belief.by_entropy) {
    const mcts::GoalDistribution& p = belief.posterior[at];
    const env::Block now = state.blocks[at];
    if (now == env::kAir) {
      const auto* const likeliest = std::max_element(p.begin() + env::kFirstPlaceable, p.end());
      show(at, static_cast<env::Block>(likeliest - p.begin()), *likeliest);
    } else {
      show(at, env::kAir, 1 - p[now]);
    }
  }
  return voxels;
}

json ThoughtJson(const env::Game& game, const env::State& state, const Explanation& explanation,
                 const env::Action& action) {
  const env::WorldSize& size = game.size();
  json expects = json::array(), considers = json::array();
  for (const ExpectedAction& expected : explanation.human.actions) {
    if (expects.size() == kShownActions) break;
    expects.push_back(
        {{"action", ToJson(expected.action, size)}, {"probability", expected.probability}});
  }
  const bool searched = explanation.simulations > 1;
  for (const ActionEstimate& estimate : ShownActions(explanation, kShownActions)) {
    considers.push_back(
        {{"action", ToJson(estimate.action, size)},
         {"prior", estimate.prior},
         {"visits", searched ? json(estimate.visits) : json()},
         {"value", searched && std::isfinite(estimate.value) ? json(estimate.value) : json()},
         {"chosen", estimate.action == action}});
  }
  return {{"type", "thought"},
          {"timestep", state.timestep},
          {"milliseconds", absl::ToDoubleMilliseconds(explanation.time)},
          {"belief", BeliefJson(size, state, explanation.goal)},
          {"expects", expects},
          {"considers", considers},
          {"says", env::DescribeAction(size, action)}};
}

std::string Base64OfBlocks(absl::Span<const env::Block> blocks) {
  return absl::Base64Escape(
      absl::string_view(reinterpret_cast<const char*>(blocks.data()), blocks.size()));
}

}  // namespace hod::engine
