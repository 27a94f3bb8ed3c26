// Predictions of a network of the reference, its memory included: every node of a tree continues
// from its parent's, and a player from those of the timestep before.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "mcts/evaluator.h"
#include "models/reference/network.h"

namespace hod::models {

// Computes on the calling thread alone. Refuses games as CheckGame() does, and
// predictions that are not finite.
class ReferenceEvaluator : public mcts::Evaluator {
 public:
  // If the network does not predict others, human_policy is empty, which searches refuse.
  explicit ReferenceEvaluator(std::shared_ptr<const ReferenceNetwork> network)
      : network_(std::move(network)) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override;

 private:
  std::shared_ptr<const ReferenceNetwork> network_;
};

}  // namespace hod::models
