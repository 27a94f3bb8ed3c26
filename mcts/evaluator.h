// The whole contract between search and network: positions in, predictions out. Search knows no
// network type, no device and no tensor; a mock evaluator is a few lines, a cache is a decorator.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/game/game.h"

namespace hod::mcts {

// What a recurrent network remembers of a history, as it likes to keep it. Null: nothing, as at the
// start of an episode and always with networks without memory.
using Memory = std::shared_ptr<const std::vector<float>>;

// A position to evaluate, seen by `player`. All is borrowed for the call.
struct Position {
  const env::Game* game;
  const env::State* state;
  int player;
  // Flat ids of what the player may do, ascending; empty where the game is over or nobody asks for
  // a policy.
  absl::Span<const int32_t> valid_actions{};
  Memory memory{};  // Covers the history before this position: what its parent's evaluation gave.
};

// An action the other players may take next.
struct LikelyAction {
  int32_t id;  // Flat; valid or not.
  float probability;
};

// What a network predicts of a position. Probabilities may have any positive sum.
struct Evaluation {
  std::vector<float> policy;       // [valid_actions] prior over the player's actions.
  float value = 0;                 // Expected discounted return.
  std::vector<float> goal_logits;  // [kNumBlocks][volume] goal posterior per voxel, unnormalised.
  std::vector<LikelyAction> human_policy;  // The other players' next action, ids ascending.
  Memory memory;                           // Covers the history up to and with this position.
};

class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // Evaluates `positions` into `evaluations`, of equal length; vectors there are resized, and
  // reused where they already fit. All positions have games of the same world size and action
  // space. Blocks; may be called by several threads at once. After an error the evaluations are
  // unspecified.
  virtual absl::Status Evaluate(absl::Span<const Position> positions,
                                absl::Span<Evaluation> evaluations) = 0;
};

}  // namespace hod::mcts
