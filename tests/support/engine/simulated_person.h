// A player as a client of a session: it knows what the messages say, and nothing else.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "engine/live/session.h"
#include "engine/play/seat.h"
#include "env/base/random.h"
#include "tests/support/engine/fake_host.h"

namespace hod::engine {

class SimulatedPerson {
 public:
  // Builds with what `factory` makes. Answers scales by `rating`, choices by their first.
  SimulatedPerson(PlayerFactory factory, int rating)
      : factory_(std::move(factory)), rating_(rating) {}

  // Goes through a session to its last screen. An action a person takes `seconds`, in which the
  // assistant may act, too. Stops after `max_actions`.
  absl::Status Play(PlaySession& session, FakeHost& host, double seconds,
                    int max_actions = 1000000);

  int actions() const { return actions_; }
  int refused() const { return refused_; }

 private:
  absl::Status Say(PlaySession& session, const nlohmann::json& message);
  void Hear(const nlohmann::json& message);
  nlohmann::json Answers() const;
  nlohmann::json NextAction();

  const PlayerFactory factory_;
  const int rating_;
  nlohmann::json screen_;  // Null while building.
  bool ended_ = false;
  std::unique_ptr<env::Game> game_;
  env::State state_;
  std::unique_ptr<env::Player> player_;
  Rng rng_{1};
  int64_t id_ = 0;
  int actions_ = 0, refused_ = 0;
};

}  // namespace hod::engine
