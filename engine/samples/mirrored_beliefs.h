// What a network believes of a world and of its mirror images, on average: it should be the same,
// and where it is not, the average is nearer to the truth.
#pragma once

#include <vector>

#include "engine/samples/symmetry.h"
#include "mcts/evaluator.h"

namespace hod::engine {

// Evaluations are those of `inner`, but for goal_logits: the log of the mean probability over all
// mirrorings and swaps that the game allows, of which each costs an evaluation. For networks
// without memory.
class MirroredBeliefs : public mcts::Evaluator {
 public:
  // `inner` outlives this. Positions are of games of `config`.
  MirroredBeliefs(mcts::Evaluator* inner, const env::GameConfig& config);

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override;

 private:
  mcts::Evaluator* const inner_;
  std::vector<Symmetry> symmetries_;  // Without the one that changes nothing.
};

}  // namespace hod::engine
