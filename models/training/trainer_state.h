// What a checkpoint keeps of a training run's network, as plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "models/network/network.h"

namespace hod::models {

struct TrainerState {
  Network network;                  // What is trained.
  std::vector<float> average;       // Average of its parameters, if there is one; else empty.
  std::vector<float> published;     // What acted at the last MarkPublished().
  std::vector<float> first_moment;  // The optimizer's; all of the size of network.parameters.
  std::vector<float> second_moment;
  int64_t steps = 0;  // Gradient steps made.

  // The network that acts: the average, if there is one.
  Network Acting() const;
};

// The state before the first step.
TrainerState InitialTrainerState(Network network);

}  // namespace hod::models
