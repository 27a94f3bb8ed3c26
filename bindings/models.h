// Networks, checkpoints and predictions in Python; Python functions as evaluators.
#pragma once

#include <memory>
#include <vector>

#include "bindings/game.h"
#include "mcts/evaluator.h"

namespace hod::bindings {

// A position with copies of what the engine's borrows: Python may keep it.
struct BoundPosition {
  GamePtr game;
  std::shared_ptr<WorldState> state;
  int player = 0;
  std::vector<int32_t> valid_actions;

  mcts::Position Borrow() const { return {game.get(), state.get(), player, valid_actions}; }
};

// What an evaluator says, and the shape of its world.
struct BoundPrediction : mcts::Evaluation {
  env::WorldSize size;
};

// What evaluates positions, and where exceptions of Python functions wait for whoever asked.
struct BoundEvaluator {
  std::shared_ptr<mcts::Evaluator> evaluator;
  std::shared_ptr<PythonErrors> errors;
};

// `object` is a Network or a function of a list of positions that returns a list of predictions.
// Python's signals (Ctrl-C) end what asks for evaluations.
BoundEvaluator EvaluatorFrom(const py::object& object);

void BindModels(py::module_& m);
void BindSafetensors(py::module_& m);

}  // namespace hod::bindings
