// The whole contract between search and network: positions in, predictions out. Search knows no
// network type, no device and no tensor; a mock evaluator is a few lines, a cache is a decorator.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/game/game.h"

namespace hod::mcts {

// A position to evaluate, seen by `player`. Game and state are borrowed for the call.
struct Position {
  const env::Game* game;
  const env::State* state;
  int player;
};

// What a network predicts of a position. Probabilities are over all flat actions, valid or not.
struct Evaluation {
  std::vector<float> policy;        // [num_actions] prior over the player's actions; sums to 1.
  float value = 0;                  // Expected discounted return.
  std::vector<float> goal_logits;   // [kNumBlocks][volume] goal posterior per voxel, unnormalised.
  std::vector<float> human_policy;  // [num_actions] the other players' next action; sums to 1.
};

class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // Evaluates `positions` into `evaluations`, of equal length; vectors there are resized, and
  // reused where they already fit. All positions have games of the same world size and action
  // space. Blocks; one call at a time. After an error the evaluations are unspecified.
  virtual absl::Status Evaluate(absl::Span<const Position> positions,
                                absl::Span<Evaluation> evaluations) = 0;
};

}  // namespace hod::mcts
