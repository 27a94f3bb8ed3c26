// Evaluators for tests: no network, no state, and blind to the goal.
#pragma once

#include <functional>

#include "mcts/evaluator.h"
#include "mcts/search.h"

namespace hod::mcts {

// What kind of numbers a HashEvaluator draws.
struct HashedNumbers {
  // Few different priors, so that many actions tie and the order decides. None is a multiple of
  // another: ties between unlike actions would depend on rounding.
  bool coarse = false;
  // Some actions, and whole types but noop, have a prior of 0.
  bool zero_priors = false;
  // Several actions of the human may follow, in place of a certain one; some of these with a
  // probability of 0.
  bool spread_human = false;
};

// Numbers drawn from a hash of what a player without the goal can see. The human's next actions may
// be valid or not.
class HashEvaluator : public Evaluator {
 public:
  explicit HashEvaluator(uint64_t seed, const HashedNumbers& numbers = {})
      : seed_(seed), numbers_(numbers) {}
  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override;

 private:
  void Policy(const Position& position, Rng& rng, Evaluation& out) const;
  void HumanPolicy(const Position& position, Rng& rng, Evaluation& out) const;

  uint64_t seed_;
  HashedNumbers numbers_;
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

// Runs a search to its end; the first error stops it. As many leaves as the search allows are in
// flight, and up to `deliveries` of them delivered before the next begin.
absl::Status Run(Search& search, Evaluator& evaluator, int deliveries = 1);

}  // namespace hod::mcts
