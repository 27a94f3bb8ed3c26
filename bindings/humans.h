// Human models: the engine's by name, and Python functions.
#pragma once

#include <memory>

#include "bindings/game.h"
#include "engine/play/player_spec.h"

namespace hod::bindings {

// What makes human models, and where exceptions of Python ones wait for whoever let them play.
struct Humans {
  engine::PlayerFactory factory;
  std::shared_ptr<PythonErrors> errors;
};

// `spec` is as for engine::MakePlayerFactory(), or a function of (game, player, seed) that returns
// a policy: a function of a state that returns the player's next action as a flat id, a dictionary
// {flat id: probability}, or an array of num_actions probabilities. A policy with a method
// `observe(state, action)` is told what was played.
Humans HumansFrom(const py::object& spec);

// (int32 [k] flat ids, float32 [k] probabilities).
py::tuple ToPython(const env::ActionDistribution& distribution);
// From an id, a dictionary or an array; probabilities may have any positive sum.
env::ActionDistribution DistributionFrom(const env::Game& game, const py::object& object);

void BindHumans(py::module_& m);

}  // namespace hod::bindings
