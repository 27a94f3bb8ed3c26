#include "engine/live/live_game.h"

#include <algorithm>
#include <utility>

#include "env/base/random.h"
#include "env/base/status.h"
#include "env/game/objection.h"

namespace hod::engine {

LiveGame::LiveGame(LiveSetup setup)
    : game_(std::move(setup.game), std::move(setup.goal.blocks)),
      goal_name_(std::move(setup.goal.name)) {
  Rng rng(setup.seed);
  state_ = game_.Reset(rng);
  tally_.emplace(&game_, state_);
}

absl::StatusOr<std::unique_ptr<LiveGame>> LiveGame::Create(LiveSetup setup) {
  RETURN_IF_ERROR(env::Validate(setup.game));
  const std::string trace = setup.trace;
  const auto seed = static_cast<int64_t>(setup.seed >> 1);  // A label, which is not negative.
  std::unique_ptr<LiveGame> game(new LiveGame(std::move(setup)));
  if (!trace.empty()) {
    ASSIGN_OR_RETURN(
        env::TraceRecorder recorder,
        env::TraceRecorder::Create(trace, &game->game_, game->state_, game->goal_name_, seed));
    game->trace_.emplace(std::move(recorder));
  }
  return game;
}

std::optional<std::string> LiveGame::ObjectionTo(int player, const env::Action& action) const {
  return env::ObjectionTo(game_, state_, player, action);
}

absl::StatusOr<LiveStep> LiveGame::Act(int player, const env::Action& action) {
  std::vector<env::Action> actions(game_.num_players());
  actions[player] = action;
  env::StepChange change;
  outcome_ = game_.Step(state_, actions, &change);
  tally_->Count(actions, outcome_, state_);
  LiveStep step{player, action, {}};
  for (const env::StepChange::VoxelChange& voxel : change.voxels) {
    step.changed.push_back(voxel.location);
  }
  if (trace_) RETURN_IF_ERROR(trace_->Step(actions, outcome_, state_));
  return step;
}

absl::Status LiveGame::Finish() {
  if (!trace_) return absl::OkStatus();
  const absl::Status status = trace_->Finish();
  trace_.reset();
  return status;
}

int LiveGame::num_missing() const {
  int missing = 0;
  for (size_t i = 0; i < state_.blocks.size(); ++i) {
    missing += state_.blocks[i] == env::kAir && game_.goal()[i] != env::kAir;
  }
  return missing;
}

int LiveGame::num_wrong() const {
  int wrong = 0;
  for (size_t i = 0; i < state_.blocks.size(); ++i) {
    wrong += state_.blocks[i] != env::kAir && game_.goal()[i] != state_.blocks[i];
  }
  return wrong;
}

}  // namespace hod::engine
