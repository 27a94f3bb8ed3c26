#include "env/game/action_distribution.h"

namespace hod::env {

int32_t Sample(const ActionDistribution& distribution, Rng& rng) {
  double left = rng.Uniform();
  for (const auto& [id, probability] : distribution) {
    left -= probability;
    if (left < 0) return id;
  }
  return distribution.back().first;  // The probabilities sum to 1 only up to rounding.
}

}  // namespace hod::env
