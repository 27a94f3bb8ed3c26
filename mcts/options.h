// Settings of the search. The defaults are the paper's for training. What is marked "traces" is
// there because the reference's recorded searches need it (mcts/traces).
#pragma once

#include <vector>

namespace hod::mcts {

// How an action is picked inside the tree.
enum class Selection {
  kBilevel,          // PUCT: first the action type, then the action within it (the paper's).
  kBilevelUnscaled,  // Traces: with the node's counts and unscaled priors at the second level.
  kFlat,             // Traces: PUCT on one level over all valid actions.
  kGumbel,           // Sequential halving at the root, the improved policy below it
                     // (Danihelka et al., "Policy improvement by planning with Gumbel", ICLR 2022).
};

// The policy that a search results in.
enum class RootPolicy {
  kVisits,    // Visit counts ^ temperature (the paper's).
  kLimiting,  // What visit counts tend to under PUCT: the solution of its regularised problem
              // (Grill et al., "MCTS as regularized policy optimization", ICML 2020).
  kImproved,  // Softmax of prior logits and transformed values (Danihelka et al.).
};

// Whose goal posterior prices the searching player's own part of an edge's reward. All but the
// paper's: traces.
enum class GoalPosterior {
  kParent,   // The node acted from (the paper's).
  kChild,    // The node reached: what the human did meanwhile is evidence.
  kAverage,  // The mean of both.
  kLeaf,     // The leaf of each simulation, for every edge of its path.
};

// What a leaf is worth beyond the rewards on the way to it.
enum class LeafValue {
  kNetwork,  // What the network says (the paper's).
  kZero,     // Nothing, as in piKL.
  kBelief,   // What an assistant could still do on the leaf's belief (belief_value.h).
};

// Values are normalised by the range seen at their node, or this if it is larger. In blocks, the
// unit of rewards.
inline constexpr double kMinValueRange = 0.01;

struct SearchOptions {
  int num_simulations = 100;  // The evaluation of the root is the first.
  double gamma = 0.95;        // Discount.
  // Exploration constants. Each search draws one of them (DiL-piKL, Bakhtin et al. 2023).
  std::vector<double> c_puct = {1.0};
  Selection selection = Selection::kBilevel;
  RootPolicy root_policy = RootPolicy::kVisits;
  GoalPosterior goal_posterior = GoalPosterior::kParent;
  // False: the tree sees the environment's true rewards, for players that know the goal.
  bool use_goal_predictor = true;
  LeafValue leaf_value = LeafValue::kNetwork;
  bool line_of_sight = true;  // Valid actions are masked by line of sight.
  bool init_q_with_max =
      false;                  // Traces: unvisited entries take the best value seen, not the mean.
  bool explore_noops = true;  // False: noop gets no simulations, but keeps its prior in the result.
  double prior_temperature = 1.0;  // Traces: priors are raised to this power.
  // Tilts the prior towards actions whose expected reward under the goal posterior is high:
  // prior * exp(weight * E[reward]), shaped as below. 0 is the paper's search.
  double reward_prior_weight = 0.0;
  // Share of the prior that goes to what an assistant that carries out its belief would do next
  // (env/players/belief_walker.h), which acts when it is (1 - own_reward_shift) / 2 sure. Requires
  // bodies. 0 is the paper's search.
  double plan_prior = 0.0;
  double temperature = 1.5;          // The root policy is raised to this power.
  double noise_weight = 0.25;        // Share of Dirichlet noise in the root's priors; 0: none.
  double type_noise_alpha = 0.25;    // Concentration over action types.
  double action_noise_total = 10.0;  // Within a type: this divided by its number of valid actions.
  // Gumbel selection: actions that compete at the root, whether Gumbel noise draws them, and how
  // strongly values move logits: (value_visits + most visits) * value_scale * normalised value.
  int considered_actions = 16;
  bool gumbel_noise = true;
  double value_visits = 50.0;
  double value_scale = 0.1;
  // True: never places a block of a type that another player has removed from that voxel.
  bool respect_removals = false;
  // Rewards of effective places and breaks become shift + scale * reward. The scale: traces.
  double own_reward_scale = 1.0;
  double own_reward_shift = 0.0;
  // Leaves that may await evaluation at once: more fill batches for a single game, at some loss of
  // strength per simulation.
  int max_in_flight = 1;
};

}  // namespace hod::mcts
