// States and games as Python pickles and copies them.
#pragma once

#include "bindings/game.h"

namespace hod::bindings {

// Tuples of bytes and numbers, which belong to one version of the program. ValueError for one that
// is damaged.
py::tuple ToPickle(const WorldState& state);
WorldState StateFromPickle(const py::tuple& pickle);
py::tuple ToPickle(const env::Game& game);
GamePtr GameFromPickle(const py::tuple& pickle);

}  // namespace hod::bindings
