// How a search tree lies in memory.
//
//   nodes    [ root | node | node | ... ]           one per (assistant, human) action pair played
//               |  types[10]: [begin, end) ----+
//   actions  [ id prior N W r child | ... ]  <-+    the valid actions of each expanded node,
//               | first_child                       ascending by flat id, so that types are runs
//               +--> node --next_sibling--> node    children by the human's answer
//   humans   [ id | id | ... ]                      each node's draws of the human's next action
//
// All three are flat pools that only grow during a search and are reused by the next one.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "absl/container/inlined_vector.h"
#include "env/game/actions.h"
#include "env/game/blocks.h"

namespace hod::mcts {

inline constexpr int32_t kNone = -1;

// Statistics of one valid action of a node. Sums are float32, as in the reference, because ties
// depend on their rounding.
struct ActionStats {
  int32_t id;             // Flat action id.
  float prior;            // P(a), summing to 1 over the node.
  float expected_reward;  // Similarity change if the action takes effect, under the node's goal
                          // posterior (without the goal-independent part). 0 for other types.
  float value_sum = 0;    // W
  int32_t visits = 0;     // N
  int32_t first_child = kNone;
};

struct TypeStats {
  int32_t begin = 0, end = 0;  // The type's run in the pool of actions.
  float prior = 0;
  float value_sum = 0;
  int32_t visits = 0;
};

// What one player's action did on the way into a node: enough to price it under any goal posterior.
struct Effect {
  int player;
  env::Action action;  // As it took effect; noop if it did not.
  env::Block before;   // The block at action.location before the step.
  double goal_independent;
};

struct Node {
  int32_t parent = kNone;
  int32_t action = kNone;    // Into the pool of actions: the parent's.
  int32_t human_action = 0;  // Flat id.
  int32_t next_sibling = kNone;
  bool expanded = false;
  bool terminal = false;

  double reward = 0;                       // Of the edge into this node.
  double own_reward = 0;                   // The searching player's part of it.
  absl::InlinedVector<Effect, 2> effects;  // The searching player's first.

  int32_t visits = 0;
  double value_sum = 0;
  double min_value = std::numeric_limits<double>::infinity();
  double max_value = -std::numeric_limits<double>::infinity();
  double reward_sum = 0, own_reward_sum = 0;  // Over the backups through this node.

  std::array<TypeStats, env::kNumActionTypes> types;
  int32_t next_human = 0, end_human = 0;  // Draws not yet used, in the pool of humans.
};

}  // namespace hod::mcts
