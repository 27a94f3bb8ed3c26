// The deterministic network of the recorded searches (docs/rules.md, Section 5, "Deterministic
// network"): hashes of the observation in place of predictions. For games without teleportation.
#pragma once

#include <cstdint>

#include "mcts/evaluator.h"

namespace hod::mcts {

class TraceEvaluator : public Evaluator {
 public:
  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override;

  // The quantities records check, of one position.
  static uint32_t Seed(const Position& position);
  static std::vector<uint64_t> PolicyWeights(const Position& position, uint32_t seed);
  static float Value(uint32_t seed);
  static int32_t HumanAction(const Position& position, uint32_t seed);
};

}  // namespace hod::mcts
