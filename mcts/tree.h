// How a search tree lies in memory.
//
//   nodes    [ root | node | node | ... ]        one per (own action, human action) pair played
//               |  types[10]: [begin, end) --+   and what one step changed on the way into it
//               |                            v
//   actions  [ id | untried prior ]              the valid actions of each expanded node, ascending
//               |                                by flat id, so that types are runs
//               +--> edge --next--> edge         the actions tried, by type
//                     | first_child
//                     +--> node --next_sibling--> node    children by the human's answer
//   humans   [ id | cumulative probability ]     what each expanded node expects the human to do
//   targets  [ location | goal logits ]          what each believes of the voxels it can change
//
// All are flat pools that only grow during a search and are reused by the next one. Most actions of
// most nodes are never tried: statistics lie with those that are.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "env/game/actions.h"
#include "env/game/blocks.h"
#include "env/game/game.h"
#include "mcts/evaluator.h"
#include "mcts/expected_reward.h"

namespace hod::mcts {

inline constexpr int32_t kNone = -1;

// Statistics of an action that was tried. Sums are float32, as in the reference, because ties
// depend on their rounding.
struct Edge {
  int32_t action;        // Into the pool of actions.
  float prior;           // P(a), summing to 1 over the node.
  int32_t next = kNone;  // The next tried action of the type.
  int32_t first_child = kNone;
  int32_t visits = 0;     // N
  int32_t in_flight = 0;  // Simulations through here that await their evaluation.
  float value_sum = 0;    // W
};

struct TypeStats {
  int32_t begin = 0, end = 0;  // The type's run in the pool of actions.
  int32_t first_edge = kNone;
  float prior = 0;
  int32_t visits = 0;
  int32_t in_flight = 0;
  float value_sum = 0;
};

// What one player's action did on the way into a node: enough to price it under any goal posterior.
struct Effect {
  int player;
  env::Action action;  // What took effect; noop if nothing did.
  env::Block before;   // The block at action.location before the step.
  double goal_independent;
};

struct Node {
  int32_t parent = kNone;
  int32_t edge = kNone;      // The parent's.
  int32_t human_action = 0;  // Flat id.
  int32_t next_sibling = kNone;
  bool expanded = false;
  bool terminal = false;

  double reward = 0;                       // Reward of the step into this node.
  double own_reward = 0;                   // The searching player's part of it.
  absl::InlinedVector<Effect, 2> effects;  // The searching player's first.
  env::StepChange change;                  // What the step into this node changed.

  int32_t visits = 0;
  int32_t in_flight = 0;
  float value = 0;       // The evaluator's.
  float noop_prior = 0;  // What noop had at the root before explore_noops set it aside.
  double value_sum = 0;
  // Extremes of the values backed up through this node and its children:
  double min_value = std::numeric_limits<double>::infinity();
  double max_value = -std::numeric_limits<double>::infinity();
  // Extremes of those backed up through this node alone:
  double min_backup = std::numeric_limits<double>::infinity();
  double max_backup = -std::numeric_limits<double>::infinity();
  double reward_sum = 0, own_reward_sum = 0;  // Over the backups through this node.

  std::array<TypeStats, env::kNumActionTypes> types;
  int32_t humans_begin = 0, humans_end = 0;    // Run in the pool of humans.
  int32_t targets_begin = 0, targets_end = 0;  // Run in the pool of targets.
  Memory memory;                               // The evaluator's, up to and with this node.
};

struct Tree {
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  // Per valid action:
  std::vector<int32_t> ids;    // Flat action ids.
  std::vector<float> untried;  // Prior, or kTried.
  // Per action the human may take:
  std::vector<int32_t> human_ids;
  std::vector<float> human_cumulative;  // Sum of the probabilities up to and with this one.
  // Per voxel that some valid action changes:
  std::vector<int32_t> target_locations;
  std::vector<GoalLogits> target_logits;

  static constexpr float kTried = -1;

  void Clear() {
    nodes.clear();
    edges.clear();
    ids.clear();
    untried.clear();
    human_ids.clear();
    human_cumulative.clear();
    target_locations.clear();
    target_logits.clear();
  }

  // The edge of an action in the pool; kNone if it was not tried.
  int32_t FindEdge(const TypeStats& type, int32_t action) const {
    if (untried[action] != kTried) return kNone;
    int32_t edge = type.first_edge;
    while (edges[edge].action != action) edge = edges[edge].next;
    return edge;
  }
};

}  // namespace hod::mcts
