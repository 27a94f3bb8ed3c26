// Networks of the reference once more, slowly and in doubles, written from docs/networks.md.
#pragma once

#include <vector>

#include "models/reference/observation.h"
#include "models/reference/weights.h"

namespace hod::models {

struct TwinOutput {
  std::vector<float> policy, human, goal;  // [channels][volume]
  double value;
  std::vector<std::vector<double>> memory;  // h and c of every LSTM, [volume][hidden_size].
};

// `memory` is what the timestep before left; empty at the start of an episode.
TwinOutput TwinStep(const ReferenceWeights& weights, const ReferenceObservation& observation,
                    const std::vector<std::vector<double>>& memory);

}  // namespace hod::models
