// What a player may do next, and how probably.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "env/base/random.h"

namespace hod::env {

// (flat action id, probability > 0), ids distinct and ascending, probabilities summing to 1.
using ActionDistribution = std::vector<std::pair<int32_t, float>>;

// Draws an id. Requires at least one.
int32_t Sample(const ActionDistribution& distribution, Rng& rng);

}  // namespace hod::env
