// Why the assistant does what it does: what it believes of the goal, what it expects of the human,
// and what its search made of that, as plain values to print and draw.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/explain/explained_moment.h"
#include "env/draw/marks.h"
#include "mcts/evaluator.h"
#include "mcts/expected_reward.h"
#include "mcts/search.h"

namespace hod::engine {

// The goal posterior of the network. Bedrock and the palette are no secret: there it is certain.
struct GoalBelief {
  std::vector<mcts::GoalDistribution> posterior;  // [volume]
  std::vector<env::Block> likely;                 // [volume] the most probable block of each voxel.
  std::vector<float> entropy;                     // [volume] bits, from 0 to log2(kNumBlocks).
  double total_entropy = 0;
  int num_uncertain = 0;         // Voxels that are not known.
  std::vector<int> by_entropy;   // Those, the most uncertain first.
  env::MarkCounts likely_marks;  // The world against `likely`.
  double expected_missing = 0;   // Expected number of voxels of air where a block belongs.
  double expected_wrong = 0;     // Expected number of voxels whose block does not belong.
  double expected_share = 0;     // Share of the goal standing: expected gain of similarity so far
                                 // over that of a finished house. NaN if nothing is to be built.
};

// The belief against the true goal, over the voxels that are not known.
struct BeliefAccuracy {
  double right = 0;      // Share of voxels whose likely block is the goal's.
  double recall = 0;     // The same among voxels that must still change; NaN if none must.
  double precision = 0;  // The same among voxels that would change if the likely house were built;
                         // NaN if none would.
  double surprise = 0;   // Mean of -log2 of the goal's probability, bits a voxel.
};

struct ExpectedAction {
  env::Action action;
  double probability = 0;
};

struct HumanExpectation {
  std::vector<ExpectedAction> actions;               // The most probable first.
  std::array<double, env::kNumActionTypes> types{};  // Probability of each type.
  double entropy = 0;                                // Bits.
  // What the human did next. Rank counts from 1; none if it was not expected at all.
  std::optional<ExpectedAction> played;
  std::optional<int> played_rank;
};

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// An action of the root.
struct ActionEstimate {
  env::Action action;
  double prior = 0;   // The one the search used.
  double policy = 0;  // The one the search resulted in.
  int visits = 0;
  double value = kUnknown;        // Q: mean return of the simulations through it.
  double expected_reward = 0;     // Expected gain of similarity with the goal if it takes effect.
  double mean_reward = kUnknown;  // Mean reward of its step in the search, the human's included.
  bool chosen = false;            // The action the assistant plays after this search.
  bool played = false;            // The one recorded.
};

// A step that the search expects.
struct ExpectedTurn {
  env::Action assistant;
  int visits = 0;     // Visits of the assistant's action.
  double value = 0;   // Q
  env::Action human;  // The answer visited most.
  double human_probability = 0;
};

struct Explanation {
  GoalBelief goal;
  BeliefAccuracy accuracy;
  HumanExpectation human;
  std::vector<ActionEstimate> actions;  // Most visits first, then the chosen one, then the
  // highest prior.
  // The chosen action, then the most visited ones. Empty without simulations below the root.
  std::vector<ExpectedTurn> principal_variation;
  // Mean return of all simulations, on the scale of the actions' values: SearchResult::root_value
  // is discounted once more.
  double root_value = 0;
  double network_value = 0;  // What the network says of the root.
  int simulations = 0;
  int nodes = 0;
  absl::Duration time;  // How long the search took.
};

// The actions worth a line: of the first `top` those with a visit or a prior of at least 0.1%, and
// any that was chosen or played.
std::vector<ActionEstimate> ShownActions(const Explanation& explanation, int top);

// What the assistant of a moment believes, by its network's [kNumBlocks][volume] goal logits.
GoalBelief BeliefOf(const ExplainedMoment& moment, absl::Span<const float> goal_logits);

// `search` was started for the moment's assistant, in a planning game of its game, and has ended;
// `root` is the evaluator's word on its root.
Explanation Explain(const ExplainedMoment& moment, const mcts::Search& search,
                    const mcts::Evaluation& root, absl::Duration time);

}  // namespace hod::engine
