#include "models/training/trainer_state.h"

#include <utility>

namespace hod::models {

Network TrainerState::Acting() const {
  return average.empty() ? network : Network{network.config, average};
}

TrainerState InitialTrainerState(Network network) {
  const std::vector<float> zeros(network.parameters.size());
  const std::vector<float> parameters = network.parameters;
  return {std::move(network), {}, parameters, zeros, zeros, 0};
}

}  // namespace hod::models
