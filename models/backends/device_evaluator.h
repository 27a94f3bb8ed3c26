// Predictions for the search by a network on a device.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "mcts/evaluator.h"
#include "models/backends/device_network.h"
#include "models/network/network.h"

namespace hod::models {

// What several threads ask for at the same time is computed in common passes (shared_passes.h).
// Predicts and refuses what NetworkEvaluator does.
class DeviceEvaluator : public mcts::Evaluator {
 public:
  // `network` computes one of this config, up to `capacity` positions a pass.
  DeviceEvaluator(const NetworkConfig& config, std::unique_ptr<DeviceNetwork> network,
                  int capacity);
  ~DeviceEvaluator() override;

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hod::models
