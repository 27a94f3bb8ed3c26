// A small game with an assistant, its recording, and an evaluator whose beliefs are given.
#pragma once

#include <string>
#include <vector>

#include "engine/explain/explained_moment.h"
#include "mcts/evaluator.h"

namespace hod::engine {

// 6x6x6; the goal has planks at (2,2,2), glass on it and stone in the ground at (3,1,3). Player 0
// sees it.
env::Game SmallAssistedGame(bool inf_blocks = true);

// Nothing built. In the first step the human places planks at (2,2,3), where none belong, in the
// second at (2,2,2); the assistant moves +x and then waits.
env::RecordedEpisode SmallEpisode(const env::Game& game = SmallAssistedGame());

// Writes it as `hod evaluate --record` does.
void Record(const env::RecordedEpisode& episode, const std::string& path);

// Believes in `house` with logit `sureness`, and is indifferent about actions. The human waits with
// 1/2, and places planks at (2,2,2) and (2,3,2) with 3/8 and 1/8.
class BeliefEvaluator : public mcts::Evaluator {
 public:
  BeliefEvaluator(std::vector<env::Block> house, float sureness)
      : house_(std::move(house)), sureness_(sureness) {}
  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override;

 private:
  std::vector<env::Block> house_;
  float sureness_;
};

}  // namespace hod::engine
