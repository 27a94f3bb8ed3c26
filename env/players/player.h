// A player that acts by itself: it says how it would act, as a distribution.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "env/game/action_distribution.h"
#include "env/game/state.h"

namespace hod::env {

// Plays one episode. Every timestep the caller asks for the distribution, draws (or otherwise
// decides) the action, and reports it.
class Player {
 public:
  virtual ~Player() = default;

  // The distribution of this player's next action. `state` is the present state of the episode's
  // game. The player may draw what it intends from its own random stream; calling twice without
  // Observe() in between gives the same distribution.
  virtual const ActionDistribution& NextAction(const State& state) = 0;

  // An error that the player has met while it decided; from then on its distributions mean nothing.
  virtual absl::Status status() const { return absl::OkStatus(); }

  // The action actually submitted for this player at this timestep.
  virtual void Observe(const State& before, int32_t action) = 0;
};

}  // namespace hod::env
