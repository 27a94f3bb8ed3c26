// Predictions for the search by a network on a device.
#pragma once

#include <memory>

#include "mcts/evaluator.h"
#include "models/backends/device_network.h"
#include "models/network/network.h"

namespace hod::models {

// An evaluator that predicts and refuses what NetworkEvaluator does. What several threads ask for
// at the same time is computed in common passes (shared_passes.h). `network` computes one of this
// config, up to `capacity` positions a pass.
std::unique_ptr<mcts::Evaluator> MakeDeviceEvaluator(const NetworkConfig& config,
                                                     std::unique_ptr<DeviceNetwork> network,
                                                     int capacity);

}  // namespace hod::models
