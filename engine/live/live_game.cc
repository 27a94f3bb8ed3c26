#include "engine/live/live_game.h"

#include <utility>

#include "env/base/random.h"
#include "env/base/status.h"
#include "env/game/objection.h"
#include "env/traces/trace_recorder.h"

namespace hod::engine {

LiveGame::LiveGame(LiveSetup setup)
    : game_(std::move(setup.game), std::move(setup.goal.blocks)),
      goal_name_(std::move(setup.goal.name)),
      seed_(static_cast<int64_t>(setup.seed >> 1)) {  // A label, which is not negative.
  Rng rng(setup.seed);
  state_ = start_ = game_.Reset(rng);
  tally_.emplace(&game_, state_);
}

absl::StatusOr<std::unique_ptr<LiveGame>> LiveGame::Create(LiveSetup setup) {
  RETURN_IF_ERROR(env::Validate(setup.game));
  return std::unique_ptr<LiveGame>(new LiveGame(std::move(setup)));
}

std::optional<std::string> LiveGame::ObjectionTo(int player, const env::Action& action) const {
  return env::ObjectionTo(game_, state_, player, action);
}

LiveStep LiveGame::Act(int player, const env::Action& action) {
  std::vector<env::Action> actions(game_.num_players());
  actions[player] = action;
  env::StepChange change;
  outcome_ = game_.Step(state_, actions, &change);
  tally_->Count(actions, outcome_, state_);
  LiveStep step{player, action, {}};
  for (const env::StepChange::VoxelChange& voxel : change.voxels) {
    step.changed.push_back(voxel.location);
  }
  actions_.push_back(std::move(actions));
  return step;
}

absl::Status LiveGame::Record(const std::string& path) const {
  env::GameConfig config = game_.config();
  if (!done()) config.horizon = state_.timestep;
  const env::Game game(config, game_.goal());
  env::State state = start_;
  ASSIGN_OR_RETURN(env::TraceRecorder recorder,
                   env::TraceRecorder::Create(path, &game, state, goal_name_, seed_));
  for (const std::vector<env::Action>& actions : actions_) {
    const env::StepOutcome outcome = game.Step(state, actions);
    RETURN_IF_ERROR(recorder.Step(actions, outcome, state));
  }
  return recorder.Finish();
}

}  // namespace hod::engine
