// Predictions of a network for the search.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "mcts/evaluator.h"
#include "models/network.h"
#include "models/precision.h"

namespace hod::models {

// Computes on the calling thread alone: parallelism is several evaluators on several threads.
// The human's policy is the network's over the actions that are valid for the human.
// Refuses games with finite blocks if the network does not see inventories, and predictions that
// are not finite.
class NetworkEvaluator : public mcts::Evaluator {
 public:
  // Keeps its own copy of the parameters. Requires a valid network.
  explicit NetworkEvaluator(const Network& network, Precision precision = FastestPrecision());
  ~NetworkEvaluator() override;

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hod::models
