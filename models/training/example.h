// One position to learn from, with everything the losses compare against.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/game/action_distribution.h"
#include "mcts/evaluator.h"

namespace hod::models {

struct Example {
  mcts::Position position;  // Game and state are borrowed.
  // Flat ids of the player's valid actions, ascending. The policy is trained among these only.
  std::vector<int32_t> valid_actions;
  // Search policy over valid actions, ids ascending, summing to 1. Empty: no policy loss.
  env::ActionDistribution search_policy;
  float value = 0;                    // Discounted return.
  absl::Span<const env::Block> goal;  // [volume]
  // Flat ids of the other player's valid actions, ascending, among which its action is predicted.
  std::vector<int32_t> human_actions;
  // True distribution over them, ids ascending, summing to 1. Empty: no human loss.
  env::ActionDistribution human_policy;
};

// The position of an example with its valid actions, as a network sees it.
mcts::Position PositionOf(const Example& example);

// Names the first example that contradicts its game or differs from the first one's in world size
// or action space, and what is wrong with it.
absl::Status CheckExamples(absl::Span<const Example> examples, bool inventories);

}  // namespace hod::models
