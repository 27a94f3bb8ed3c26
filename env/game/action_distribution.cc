#include "env/game/action_distribution.h"

namespace hod::env {

int32_t Sample(const ActionDistribution& distribution, Rng& rng) {
  const auto probability = [](const auto& entry) { return entry.second; };
  return distribution[IndexAt(distribution, rng.Uniform(), probability)].first;
}

}  // namespace hod::env
