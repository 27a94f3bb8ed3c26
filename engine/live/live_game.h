// A house that a person builds as time goes by, alone or beside an assistant: whoever acts makes a
// timestep, in which the other waits. What is recorded is exact under the rules.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/play/episode_tally.h"
#include "env/game/game.h"
#include "env/houses/sources/source.h"

namespace hod::engine {

struct LiveSetup {
  env::GameConfig game;  // The person is player env::kHuman.
  env::Goal goal;
  uint64_t seed = 0;  // Decides where the players start.
};

// A timestep as a client has to hear of it.
struct LiveStep {
  int player = 0;
  env::Action action;
  std::vector<int> changed;  // Locations whose block changed.
};

class LiveGame {
 public:
  static absl::StatusOr<std::unique_ptr<LiveGame>> Create(LiveSetup setup);
  LiveGame(const LiveGame&) = delete;
  LiveGame& operator=(const LiveGame&) = delete;

  // Why the rules forbid an action now; none if they don't.
  std::optional<std::string> ObjectionTo(int player, const env::Action& action) const;
  // Requires that there is no objection, and that the game is not over.
  LiveStep Act(int player, const env::Action& action);
  // Records what has been played, at least one timestep, in a file (docs/traces.md). Where a person
  // has stopped before the end, that is the recording's horizon.
  absl::Status Record(const std::string& path) const;

  const env::Game& game() const { return game_; }
  const env::State& state() const { return state_; }
  const std::string& goal_name() const { return goal_name_; }
  const EpisodeFigures& figures() const { return tally_->figures(); }
  bool complete() const { return outcome_.goal_completed; }
  bool done() const { return outcome_.done(); }

 private:
  explicit LiveGame(LiveSetup setup);

  env::Game game_;
  std::string goal_name_;
  env::State state_;
  const int64_t seed_;
  env::State start_;
  std::vector<std::vector<env::Action>> actions_;  // Those of every timestep, by player.
  std::optional<EpisodeTally> tally_;
  env::StepOutcome outcome_;
};

}  // namespace hod::engine
