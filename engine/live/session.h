// One person's way through a programme: games, screens, and the assistant's acting as time goes by.
// It knows messages, not sockets. Everything that happens is in an event log before the client
// hears of it, so that a session which ends, however it does, goes on where it was.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/live/live_game.h"
#include "engine/live/mind.h"
#include "engine/live/programme.h"
#include "engine/live/protocol.h"
#include "env/base/clock.h"
#include "env/base/json_lines.h"

namespace hod::engine {

// What a session needs of the program around it. All calls come from the thread that calls the
// session.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  // Sends a message to the client, if there is one.
  virtual void Send(const nlohmann::json& message) = 0;
  // Does `work` on another thread, and then `finish` on the session's. One at a time. If the
  // session is gone by then, `finish` is not called.
  virtual void Work(std::function<void()> work, std::function<void()> finish) = 0;
  virtual MonotonicTime Now() { return MonotonicNow(); }
};

// Files of a session's folder.
inline constexpr char kEventsFile[] = "events.jsonl";

// Not thread-safe. A status that is an error ends the session: the disk is full, say, or the
// network predicts what is no number. What a client does wrong is answered, and no error.
class PlaySession {
 public:
  // Goes on from the events in `folder`, if there are any. With "" nothing is kept. `programme` and
  // `host` are borrowed.
  static absl::StatusOr<std::unique_ptr<PlaySession>> Create(const Programme& programme,
                                                             std::string folder, SessionHost& host);
  PlaySession(const PlaySession&) = delete;
  PlaySession& operator=(const PlaySession&) = delete;

  // A client is there, who hears all that it has to know; or it is gone, and the game is paused.
  absl::Status Connect();
  void Disconnect();
  // Anything but a hello.
  absl::Status Receive(const ClientMessage& message);
  // Lets the assistant think when its time has come. To be called many times a second.
  absl::Status Tick();

  bool over() const { return !stage_; }  // The programme has ended.
  int stage_index() const { return index_; }

 private:
  PlaySession(const Programme& programme, std::string folder, SessionHost& host)
      : programme_(programme), folder_(std::move(folder)), host_(host) {}

  // A house that is being built. Shared with the thread that thinks.
  struct Building {
    std::unique_ptr<LiveGame> game;
    std::unique_ptr<Mind> mind;  // Null: nobody helps.
  };
  struct Thinking;

  absl::Status Resume();
  absl::Status Replay(const nlohmann::json& event);
  // Begins a stage, and says so in the log.
  absl::Status Enter(int index);
  absl::Status SetStage(int index);
  // Makes building_ of the house that is the present stage.
  absl::Status Build();
  absl::Status Log(nlohmann::json event);
  void SendStage();
  nlohmann::json GameJson() const;
  nlohmann::json FiguresJson() const;
  nlohmann::json EndJson() const;
  std::string Recording() const;  // Its file; "" if there is none.

  absl::Status OnAct(const ActMessage& act);
  absl::Status OnAnswers(const AnswersMessage& answers);
  absl::Status OnNext();
  absl::Status Act(int player, const env::Action& action, std::optional<int64_t> id);
  absl::Status End(const std::string& reason);
  absl::Status OnThought(const Thinking& thinking);

  const HouseStage* house() const { return stage_ ? std::get_if<HouseStage>(&*stage_) : nullptr; }
  bool building() const { return building_ != nullptr && end_reason_.empty(); }
  bool running() const { return building() && connected_ && !paused_; }
  double Seconds() const;  // Time spent building this house, without pauses.
  void SetClock();         // Starts or stops it.

  const Programme& programme_;
  const std::string folder_;
  SessionHost& host_;
  std::optional<JsonLinesWriter> log_;
  int index_ = -1;
  std::optional<Stage> stage_;

  std::shared_ptr<Building> building_;
  std::string end_reason_;  // "" until the house is over.
  bool answered_ = false;   // The present screen, in an earlier process.
  bool connected_ = false, paused_ = false, wants_thoughts_ = false;
  int64_t last_id_ = -1;
  double seconds_before_ = 0;
  std::optional<MonotonicTime> running_since_;
  MonotonicTime next_thought_;
  bool thinking_ = false;
  absl::Status failure_;
  // Gone with the session: what a thought that comes late finds.
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace hod::engine
