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

// What a pickle holds as a tuple of C++. ValueError where it is of other items.
template <typename Tuple>
Tuple Unpack(const py::handle& pickle) {
  try {
    return pickle.cast<Tuple>();
  } catch (const py::cast_error&) {
    throw py::value_error("a pickle of other items than those of this version");
  }
}

}  // namespace hod::bindings
