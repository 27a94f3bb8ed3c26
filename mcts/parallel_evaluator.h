// One batch on several threads.
#pragma once

#include <tbb/task_arena.h>

#include "mcts/evaluator.h"

namespace hod::mcts {

// Splits every batch into one part per thread and evaluates the parts side by side.
class ParallelEvaluator : public Evaluator {
 public:
  // `inner` outlives this. `threads` >= 1.
  ParallelEvaluator(Evaluator* inner, int threads)
      : inner_(inner), threads_(threads), arena_(threads) {}

  absl::Status Evaluate(absl::Span<const Position> positions,
                        absl::Span<Evaluation> evaluations) override;

 private:
  Evaluator* const inner_;
  const int threads_;
  tbb::task_arena arena_;
};

}  // namespace hod::mcts
