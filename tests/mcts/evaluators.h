// Evaluators for tests: no network, no state, and blind to the goal.
#pragma once

#include <functional>

#include "mcts/evaluator.h"
#include "mcts/search.h"

namespace hod::mcts {

// Numbers drawn from a hash of what a player without the goal can see. The human's next action is
// certain: one action, valid or not.
class HashEvaluator : public Evaluator {
 public:
  // `coarse`: few different priors, so that many actions tie and the order decides. None is a
  // multiple of another: ties between unlike actions would depend on rounding.
  HashEvaluator(uint64_t seed, bool coarse) : seed_(seed), coarse_(coarse) {}
  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override;

 private:
  uint64_t seed_;
  bool coarse_;
};

// The same evaluation of every position: uniform over all actions, but for what `change` does.
class ConstantEvaluator : public Evaluator {
 public:
  explicit ConstantEvaluator(std::function<void(const Position&, Evaluation&)> change = {})
      : change_(std::move(change)) {}
  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override;

 private:
  std::function<void(const Position&, Evaluation&)> change_;
};

// Runs a search to its end; the first error stops it.
absl::Status Run(Search& search, Evaluator& evaluator);

}  // namespace hod::mcts
