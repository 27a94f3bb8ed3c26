// Where goals come from: the engine's sources, and Python functions.
#pragma once

#include <memory>
#include <string>

#include "bindings/game.h"
#include "env/houses/sources/source.h"

namespace hod::bindings {

// Goals for the games of one config. A Python function that fails gives an empty world; its
// exception waits in `errors`, for whoever asked for goals to throw.
struct Goals {
  std::shared_ptr<const env::GoalSource> source;
  std::shared_ptr<PythonErrors> errors;
};

// `spec` is as for env::MakeGoalSource(), or a function of a seed (int) that returns a house or a
// whole world (uint8 [w, h, d]), as a file of "npy:DIR" holds it.
Goals GoalsFrom(const py::object& spec, const env::GameConfig& config, uint64_t seed);

void BindHouses(py::module_& m);

}  // namespace hod::bindings
