// Predictions for the search by a network on the processor.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "mcts/evaluator.h"
#include "models/backends/backend.h"
#include "models/network/network.h"

namespace hod::models {

// Computes on the calling thread alone: parallelism is several threads that call.
// The human's policy is the network's over the actions that are valid for the human. A network that
// sees the goal is the human's own: to it others stand still.
// Refuses games with finite blocks if the network does not see inventories, and predictions that
// are not finite.
class NetworkEvaluator : public mcts::Evaluator {
 public:
  // As fast as this processor can. Keeps its own copy of the parameters. Requires a valid network.
  explicit NetworkEvaluator(const Network& network);
  // `backend` computes a network of this config.
  NetworkEvaluator(const NetworkConfig& config, std::unique_ptr<Backend> backend);
  ~NetworkEvaluator() override;

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hod::models
