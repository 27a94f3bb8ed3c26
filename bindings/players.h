// Players: the engine's by their specs, and Python functions.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bindings/game.h"
#include "engine/play/player_spec.h"

namespace hod::bindings {

// What makes players, and where exceptions of Python ones wait for whoever let them play.
struct Players {
  engine::PlayerFactory factory;
  std::shared_ptr<PythonErrors> errors;
};

// Text, or the text of a path; nothing of other objects.
std::optional<std::string> NameFrom(const py::object& object);

// `spec` is a name or a path, as for engine::MakePlayerFactory(), or a function of (game, player,
// seed) that returns a policy: a function of a state that returns the player's next action as a
// flat id, a dictionary {flat id: probability}, or an array of num_actions probabilities. A policy
// with a method `observe(state, action)` is told what was played.
Players PlayersFrom(const py::object& spec);

// (int32 [k] flat ids, float32 [k] probabilities).
py::tuple ToPython(const env::ActionDistribution& distribution);
// Reads an id, a dictionary or an array; probabilities may have any positive sum.
env::ActionDistribution DistributionFrom(const env::Game& game, const py::object& object);

void BindPlayers(py::module_& m);

}  // namespace hod::bindings
