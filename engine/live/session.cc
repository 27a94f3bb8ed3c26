#include "engine/live/session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "env/base/files.h"
#include "env/base/json_object_reader.h"
#include "env/base/status.h"
#include "env/base/version.h"
#include "env/draw/marks.h"
#include "env/game/roles.h"

namespace hod::engine {

using nlohmann::json;

// A thought and what it is about.
struct PlaySession::Thinking {
  std::shared_ptr<Building> building;
  env::State state;
  absl::Duration budget;
  bool explain = false;
  absl::StatusOr<Thought> thought = absl::UnknownError("not thought");
};

absl::StatusOr<std::unique_ptr<PlaySession>> PlaySession::Create(const Programme& programme,
                                                                 std::string folder,
                                                                 SessionHost& host) {
  std::unique_ptr<PlaySession> session(new PlaySession(programme, std::move(folder), host));
  RETURN_IF_ERROR(session->Resume());
  return session;
}

absl::Status PlaySession::Resume() {
  if (folder_.empty()) return Enter(0);
  RETURN_IF_ERROR(MakeDirectories(folder_));
  const std::string path = absl::StrCat(folder_, "/", kEventsFile);
  ASSIGN_OR_RETURN(const std::vector<json> events, ReadJsonLines(path));
  ASSIGN_OR_RETURN(log_, JsonLinesWriter::Open(path));
  if (events.empty()) {
    RETURN_IF_ERROR(Log({{"event", "session"},
                         {"programme", programme_.Fingerprint()},
                         {"program", absl::StrCat("hod ", kVersion, " ", kGitRevision)}}));
    return Enter(0);
  }
  const json& programme = events.front().value("programme", json());
  if (programme != programme_.Fingerprint()) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": is of another programme (",
                                                      programme.dump(), "), expected \"",
                                                      programme_.Fingerprint(), "\""));
  }
  for (size_t line = 1; line < events.size(); ++line) {
    RETURN_IF_ERROR(Annotate(Replay(events[line]), absl::StrCat(path, ", line ", line + 1)));
  }
  // A process may end between an answer and what follows it.
  if (answered_ || index_ < 0) return Enter(index_ + 1);
  return absl::OkStatus();
}

absl::Status PlaySession::Replay(const json& event) {
  JsonObjectReader reader(event, "");
  reader.IgnoreOtherKeys();
  std::string kind;
  reader.Read("event", kind);
  RETURN_IF_ERROR(reader.Finish());
  if (kind == "stage") {
    int index = 0;
    reader.Read("index", 0, 1000000, index);
    RETURN_IF_ERROR(reader.Finish());
    return SetStage(index);
  }
  if (kind == "act") {
    int player = 0;
    double seconds = 0;
    reader.Read("player", 0, 1, player);
    reader.Read("seconds", seconds);
    const json* const object = reader.Find("action");
    RETURN_IF_ERROR(reader.Finish());
    if (!building()) return absl::InvalidArgumentError("an act, expected a house before it");
    LiveGame& game = *building_->game;
    ASSIGN_OR_RETURN(const env::Action action, ParseAction(*object, game.game().size()));
    if (player >= game.game().num_players() || game.done() || game.ObjectionTo(player, action)) {
      return absl::InvalidArgumentError("an act that the rules do not allow there");
    }
    seconds_before_ = seconds;
    game.Act(player, action);
    return absl::OkStatus();
  }
  if (kind == "end") {
    reader.Read("reason", end_reason_);
    return reader.Finish();
  }
  if (kind == "answers") answered_ = true;
  if (kind == "over") return SetStage(index_ + 1);
  return absl::OkStatus();  // Refusals change nothing.
}

absl::Status PlaySession::Log(json event) {
  if (!log_) return absl::OkStatus();
  event["time"] = absl::FormatTime(absl::Now(), absl::UTCTimeZone());
  return log_->Write(event);
}

absl::Status PlaySession::SetStage(int index) {
  building_ = nullptr;
  end_reason_.clear();
  answered_ = false;
  seconds_before_ = 0;
  running_since_.reset();
  index_ = index;
  ASSIGN_OR_RETURN(stage_, programme_.At(index));
  return house() != nullptr ? Build() : absl::OkStatus();
}

absl::Status PlaySession::Enter(int index) {
  RETURN_IF_ERROR(SetStage(index));
  RETURN_IF_ERROR(
      Log(stage_ ? json{{"event", "stage"}, {"index", index}} : json{{"event", "over"}}));
  SetClock();
  return absl::OkStatus();
}

absl::Status PlaySession::Build() {
  const HouseStage& stage = *house();
  LiveSetup setup{stage.game, stage.goal, stage.seed};
  setup.game.players.resize(stage.companion != nullptr ? 2 : 1);
  auto building = std::make_shared<Building>();
  ASSIGN_OR_RETURN(building->game, LiveGame::Create(std::move(setup)));
  if (stage.companion != nullptr && stage.companion->assistant->seat) {
    ASSIGN_OR_RETURN(building->mind,
                     Mind::Create(*stage.companion->assistant, building->game->game(), stage.seed));
  }
  building_ = std::move(building);
  return absl::OkStatus();
}

double PlaySession::Seconds() const {
  if (!running_since_) return seconds_before_;
  return seconds_before_ + absl::ToDoubleSeconds(host_.Now() - *running_since_);
}

void PlaySession::SetClock() {
  if (running() == running_since_.has_value()) return;
  if (running_since_) {
    seconds_before_ = Seconds();
    running_since_.reset();
    return;
  }
  running_since_ = host_.Now();
  if (house()->companion != nullptr) next_thought_ = host_.Now() + house()->companion->rhythm;
}

absl::Status PlaySession::Connect() {
  connected_ = true;
  paused_ = wants_thoughts_ = false;
  last_id_ = -1;
  SetClock();
  host_.Send(WelcomeJson());
  SendStage();
  return absl::OkStatus();
}

void PlaySession::Disconnect() {
  connected_ = false;
  SetClock();
}

void PlaySession::SendStage() {
  if (!stage_) {
    host_.Send(ToJson(ScreenStage{"over", "That was all", "You can close this page.", "", {}}));
  } else if (const auto* screen = std::get_if<ScreenStage>(&*stage_)) {
    host_.Send(ToJson(*screen));
  } else {
    host_.Send(GameJson());
    if (!end_reason_.empty()) host_.Send(EndJson());
  }
}

json PlaySession::FiguresJson() const {
  const LiveGame& game = *building_->game;
  const EpisodeFigures& f = game.figures();
  const env::MarkCounts marks = env::CountMarks(game.state().blocks, game.game().goal());
  return {{"timesteps", f.timesteps},
          {"goal_percent", f.goal_percent},
          {"human_percent", f.human_percent},
          {"assistant_percent", f.assistant_percent},
          {"human_actions", f.human_actions},
          {"assistant_actions", f.assistant_actions},
          {"assistant_wrong", f.assistant_wrong},
          {"missing", marks.missing},
          {"wrong", marks.wrong},
          {"seconds", Seconds()}};
}

json PlaySession::GameJson() const {
  const env::Game& game = building_->game->game();
  const env::State& state = building_->game->state();
  const HouseStage& stage = *house();
  json players = json::array();
  for (int p = 0; p < game.num_players(); ++p) {
    const env::Cell feet = state.players[p].feet;
    players.push_back({{"role", p == env::kHuman ? "human" : "assistant"},
                       {"feet", json::array({feet.x, feet.y, feet.z})}});
  }
  json companion;
  if (stage.companion != nullptr) {
    companion = {{"label", stage.companion->label},
                 {"seconds_per_action", absl::ToDoubleSeconds(stage.companion->rhythm)},
                 {"thinks", stage.companion->shows_thoughts &&
                                stage.companion->assistant->evaluator != nullptr}};
  }
  const env::WorldSize& size = game.size();
  return {{"type", "game"},
          {"title", stage.title},
          {"size", json::array({size.w, size.h, size.d})},
          {"timestep", state.timestep},
          {"horizon", game.config().horizon},
          {"paused", paused_},
          {"blocks", Base64OfBlocks(state.blocks)},
          {"blueprint", Base64OfBlocks(game.goal())},
          {"you", env::kHuman},
          {"players", players},
          {"assistant", companion},
          {"figures", FiguresJson()}};
}

std::string PlaySession::Recording() const {
  const bool nothing_done = building_->game->figures().timesteps == 0;
  return folder_.empty() || nothing_done ? "" : absl::StrCat(folder_, "/", house()->file);
}

json PlaySession::EndJson() const {
  return {{"type", "end"},
          {"reason", end_reason_},
          {"figures", FiguresJson()},
          {"recording", Recording().empty() ? json() : json(Recording())}};
}

absl::Status PlaySession::Receive(const ClientMessage& message) {
  RETURN_IF_ERROR(failure_);
  if (const auto* act = std::get_if<ActMessage>(&message)) return OnAct(*act);
  if (const auto* answers = std::get_if<AnswersMessage>(&message)) return OnAnswers(*answers);
  if (std::holds_alternative<NextMessage>(message)) return OnNext();
  if (std::holds_alternative<FinishMessage>(message)) {
    if (building()) return End("finished");
    host_.Send(ErrorJson("finish: no house is being built"));
  } else if (const auto* thoughts = std::get_if<ThoughtsMessage>(&message)) {
    wants_thoughts_ = thoughts->on;
  } else if (const auto* pause = std::get_if<PauseMessage>(&message)) {
    paused_ = pause->on;
    SetClock();
  } else if (const auto* ping = std::get_if<PingMessage>(&message)) {
    host_.Send({{"type", "pong"}, {"id", ping->id}});
  } else {
    host_.Send(ErrorJson("hello: was said already"));
  }
  return absl::OkStatus();
}

absl::Status PlaySession::OnAct(const ActMessage& act) {
  if (act.id <= last_id_) {
    host_.Send(ErrorJson(absl::StrCat("id: ", act.id, ", expected more than ", last_id_)));
    return absl::OkStatus();
  }
  if (building_ == nullptr) {
    host_.Send(ErrorJson("act: no house is being built"));
    return absl::OkStatus();
  }
  const absl::StatusOr<env::Action> action =
      ParseAction(act.action, building_->game->game().size());
  if (!action.ok()) {
    host_.Send(ErrorJson(action.status().message()));
    return absl::OkStatus();
  }
  last_id_ = act.id;
  std::optional<std::string> objection;
  if (!building()) {
    objection = "the house is finished";
  } else if (paused_) {
    objection = "the game is paused";
  } else {
    objection = building_->game->ObjectionTo(env::kHuman, *action);
  }
  if (!objection) return Act(env::kHuman, *action, act.id);
  const json named = ToJson(*action, building_->game->game().size());
  RETURN_IF_ERROR(Log(
      {{"event", "refused"}, {"action", named}, {"reason", *objection}, {"seconds", Seconds()}}));
  host_.Send({{"type", "refused"}, {"id", act.id}, {"action", named}, {"reason", *objection}});
  return absl::OkStatus();
}

absl::Status PlaySession::Act(int player, const env::Action& action, std::optional<int64_t> id) {
  LiveGame& game = *building_->game;
  RETURN_IF_ERROR(Log({{"event", "act"},
                       {"player", player},
                       {"action", ToJson(action, game.game().size())},
                       {"seconds", Seconds()}}));
  const LiveStep step = game.Act(player, action);
  json message = StepJson(game, step, id);
  message["figures"] = FiguresJson();
  host_.Send(message);
  if (!game.done()) return absl::OkStatus();
  return End(game.complete() ? "complete" : "horizon");
}

absl::Status PlaySession::End(const std::string& reason) {
  if (!Recording().empty()) RETURN_IF_ERROR(building_->game->Record(Recording()));
  json event = {{"event", "end"},
                {"reason", reason},
                {"goal", building_->game->goal_name()},
                {"figures", FiguresJson()}};
  RETURN_IF_ERROR(Log(std::move(event)));
  end_reason_ = reason;
  SetClock();
  host_.Send(EndJson());
  return absl::OkStatus();
}

absl::Status PlaySession::OnAnswers(const AnswersMessage& message) {
  const auto* screen = stage_ ? std::get_if<ScreenStage>(&*stage_) : nullptr;
  absl::Status wrong = screen != nullptr
                           ? CheckAnswers(*screen, message.answers)
                           : absl::FailedPreconditionError("answers: nobody asked for them");
  if (!wrong.ok()) {
    host_.Send(ErrorJson(wrong.message()));
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(
      Log({{"event", "answers"}, {"screen", screen->id}, {"answers", message.answers}}));
  RETURN_IF_ERROR(Enter(index_ + 1));
  SendStage();
  return absl::OkStatus();
}

absl::Status PlaySession::OnNext() {
  const auto* screen = stage_ ? std::get_if<ScreenStage>(&*stage_) : nullptr;
  if (over() || building() || (screen != nullptr && !screen->items.empty())) {
    host_.Send(ErrorJson(over()              ? "next: that was all"
                         : screen != nullptr ? "next: answers are expected"
                                             : "next: the house is not finished"));
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Enter(index_ + 1));
  SendStage();
  return absl::OkStatus();
}

absl::Status PlaySession::Tick() {
  RETURN_IF_ERROR(failure_);
  if (!running() || thinking_ || building_->mind == nullptr || host_.Now() < next_thought_) {
    return absl::OkStatus();
  }
  const Companion& companion = *house()->companion;
  next_thought_ = host_.Now() + companion.rhythm;
  auto thinking = std::make_shared<Thinking>();
  thinking->building = building_;
  thinking->state = building_->game->state();
  thinking->budget = companion.budget;
  thinking->explain = wants_thoughts_ && companion.shows_thoughts;
  thinking_ = true;
  host_.Work(
      [thinking] {
        thinking->thought =
            thinking->building->mind->Think(thinking->state, thinking->budget, thinking->explain);
      },
      [this, thinking, alive = std::weak_ptr<int>(alive_)] {
        if (alive.expired()) return;
        thinking_ = false;
        failure_ = OnThought(*thinking);
      });
  return absl::OkStatus();
}

absl::Status PlaySession::OnThought(const Thinking& thinking) {
  RETURN_IF_ERROR(thinking.thought.status());
  if (thinking.building != building_ || !running()) return absl::OkStatus();  // Too late.
  const Thought& thought = *thinking.thought;
  if (thought.explanation && wants_thoughts_) {
    host_.Send(
        ThoughtJson(building_->game->game(), thinking.state, *thought.explanation, thought.action));
  }
  // The person may have acted in the meantime. Waiting takes no timestep.
  if (thought.action.type == env::ActionType::kNoop ||
      building_->game->ObjectionTo(env::kAssistant, thought.action)) {
    return absl::OkStatus();
  }
  return Act(env::kAssistant, thought.action, std::nullopt);
}

}  // namespace hod::engine
