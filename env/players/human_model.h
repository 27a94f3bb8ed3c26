// A model of the human player: knows the goal and says how it would act, as a distribution.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "env/base/random.h"
#include "env/game/game.h"

namespace hod::env {

// (flat action id, probability > 0), ids distinct and ascending, probabilities summing to 1.
using ActionDistribution = std::vector<std::pair<int32_t, float>>;

int32_t Sample(const ActionDistribution& distribution, Rng& rng);

// Plays one episode. Every timestep the caller asks for the distribution, draws (or otherwise
// decides) the action, and reports it.
class HumanModel {
 public:
  virtual ~HumanModel() = default;

  // The distribution of this player's next action. `state` is the present state of the episode's
  // game. The model may draw what it intends from its own random stream; calling twice without
  // Observe() in between gives the same distribution.
  virtual const ActionDistribution& NextAction(const State& state) = 0;

  // An error that the model has met while it decided; from then on its distributions mean nothing.
  virtual absl::Status status() const { return absl::OkStatus(); }

  // The action actually submitted for this player at this timestep.
  virtual void Observe(const State& before, int32_t action) = 0;
};

}  // namespace hod::env
