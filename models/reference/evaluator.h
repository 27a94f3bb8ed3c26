// Predictions of a network of the reference for the search, its memory included: every node of a
// tree continues from its parent's.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "mcts/evaluator.h"
#include "models/reference/network.h"

namespace hod::models {

// Computes on the calling thread alone. Refuses games as ReferenceNetwork::CheckGame() does, and
// predictions that are not finite.
class ReferenceEvaluator : public mcts::Evaluator {
 public:
  // Requires a network that predicts others.
  explicit ReferenceEvaluator(std::shared_ptr<const ReferenceNetwork> network)
      : network_(std::move(network)) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override;

 private:
  std::shared_ptr<const ReferenceNetwork> network_;
};

}  // namespace hod::models
