// Generalised advantage estimation (Schulman et al. 2016).
#pragma once

#include <vector>

#include "absl/types/span.h"

namespace hod::models {

// One action of a player in the course of its episode.
struct Transition {
  float reward = 0;
  float value = 0;       // Estimated before the action.
  float next_value = 0;  // Estimated after it; 0 where nothing can be gained any more.
  bool last = false;     // The episode ends here, complete or cut short.
};

// The advantage of every action over what was expected, `transitions` being in the order of play:
// of one episode after another, and the last one may be unfinished. Sums of one-step advantages,
// each later one discounted by gamma * lambda, within an episode.
std::vector<float> GeneralizedAdvantages(absl::Span<const Transition> transitions, double gamma,
                                         double lambda);

}  // namespace hod::models
