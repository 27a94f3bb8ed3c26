// Procedural houses with the statistics of houses that people built (statistics.h compares them).
#pragma once

#include "env/base/random.h"
#include "env/houses/house.h"

namespace hod::env {

inline constexpr int kMinHouseExtent = 4;

// A house in a box of exactly `max_size`, at a random place, where free cells of layer 0 are dirt.
// Layer 0 is full; every block is 6-connected to it; blocks are dirt to wool. The same `max_size`
// and generator state give the same house. Requires every extent >= kMinHouseExtent.
House GenerateHouse(const WorldSize& max_size, Rng& rng);

}  // namespace hod::env
