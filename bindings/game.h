// Games and states in Python.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bindings/arrays.h"
#include "env/game/game.h"

namespace hod::bindings {

using GamePtr = std::shared_ptr<env::Game>;

// A state that knows the shape of its world, as arrays need it.
struct WorldState : env::State {
  WorldState(const env::WorldSize& size, env::State state)
      : env::State(std::move(state)), size(size) {}
  env::WorldSize size;
};

// Throw ValueError where a state is of another world or number of players than the game, or an
// index is out of range; the engine takes these for granted.
void CheckFits(const env::Game& game, const env::State& state);
void CheckPlayer(const env::Game& game, int player);
void CheckAction(const env::Game& game, int64_t id);

// Block ids of a world, or a house, from an array of uint8 [w, h, d].
std::vector<env::Block> BlocksFrom(const py::array& array, const Shape& shape,
                                   const std::string& name);

// [num_players] actions from flat ids.
std::vector<env::Action> JointAction(const env::Game& game, const std::vector<int64_t>& ids);

void BindGame(py::module_& m);

}  // namespace hod::bindings
