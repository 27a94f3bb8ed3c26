#include "tests/support/engine/simulated_person.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/game/action_distribution.h"
#include "env/game/roles.h"

namespace hod::engine {

using nlohmann::json;

namespace {

std::vector<env::Block> BlocksOf(const json& base64) {
  std::string bytes;
  absl::Base64Unescape(base64.get<std::string>(), &bytes);
  return {bytes.begin(), bytes.end()};
}

env::Cell CellOf(const json& at) { return {at[0], at[1], at[2]}; }

}  // namespace

absl::Status SimulatedPerson::Say(PlaySession& session, const json& message) {
  ASSIGN_OR_RETURN(const ClientMessage parsed, ParseClientMessage(DumpJson(message)));
  return session.Receive(parsed);
}

void SimulatedPerson::Hear(const json& message) {
  const std::string type = message.at("type");
  if (type == "screen") {
    screen_ = message;
    game_ = nullptr;
  } else if (type == "game") {
    screen_ = nullptr;
    ended_ = false;
    env::GameConfig config;
    config.size = {message["size"][0], message["size"][1], message["size"][2]};
    config.horizon = message["horizon"];
    config.players.resize(message["players"].size());
    game_ = std::make_unique<env::Game>(config, BlocksOf(message["blueprint"]));
    env::State start;
    start.blocks = BlocksOf(message["blocks"]);
    for (const json& player : message["players"]) {
      start.players.emplace_back().feet = CellOf(player["feet"]);
    }
    start.timestep = message["timestep"];
    state_ = game_->Begin(std::move(start));
    player_ = std::move(factory_(*game_, env::kHuman, 1)).value();
  } else if (type == "step") {
    std::vector<env::Action> actions;
    for (const json& acted : message["acted"]) {
      actions.push_back(acted.is_null() ? env::Action{}
                                        : ParseAction(acted, game_->size()).value());
    }
    game_->Step(state_, actions);
  } else if (type == "refused") {
    ++refused_;
  } else if (type == "end") {
    ended_ = true;
  }
}

json SimulatedPerson::Answers() const {
  json answers = json::object();
  for (const json& item : screen_["items"]) {
    const std::string id = item["id"], kind = item["kind"];
    if (kind == "scale") answers[id] = rating_;
    if (kind == "choice") answers[id] = item["choices"][0];
    if (kind == "text") answers[id] = "none";
  }
  return {{"type", "answers"}, {"answers", answers}};
}

json SimulatedPerson::NextAction() {
  const int32_t id = env::Sample(player_->NextAction(state_), rng_);
  player_->Observe(state_, id);
  const env::Action action = game_->actions().Unflatten(id);
  if (action.type == env::ActionType::kNoop) return nullptr;
  return {{"type", "act"}, {"id", ++id_}, {"action", ToJson(action, game_->size())}};
}

absl::Status SimulatedPerson::Play(PlaySession& session, FakeHost& host, double seconds,
                                   int max_actions) {
  RETURN_IF_ERROR(session.Connect());
  for (const int end = actions_ + max_actions; actions_ < end;) {
    for (const json& message : host.Take()) Hear(message);
    if (!screen_.is_null()) {
      if (screen_["button"] == "") return absl::OkStatus();
      RETURN_IF_ERROR(Say(session, screen_["items"].empty() ? json{{"type", "next"}} : Answers()));
    } else if (ended_) {
      RETURN_IF_ERROR(Say(session, {{"type", "next"}}));
    } else {
      ++actions_;
      const json action = NextAction();
      if (!action.is_null()) RETURN_IF_ERROR(Say(session, action));
      host.now += absl::Seconds(seconds);
      RETURN_IF_ERROR(session.Tick());
      host.DoWork();
    }
  }
  return absl::OkStatus();
}

}  // namespace hod::engine
