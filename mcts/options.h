// Settings of AssistanceZero's search. The defaults are the paper's for training.
#pragma once

namespace hod::mcts {

// How an action is picked inside the tree.
enum class Selection {
  kBilevel,          // First the action type, then the action within it (the paper's).
  kBilevelUnscaled,  // The same with the node's counts and unscaled priors at the second level.
  kFlat,             // One level over all valid actions.
};

// Whose goal posterior prices the searching player's own part of an edge's reward.
enum class GoalPosterior {
  kParent,   // The node acted from (the paper's).
  kChild,    // The node reached: what the human did meanwhile is evidence.
  kAverage,  // The mean of both.
  kLeaf,     // The leaf of each simulation, for every edge of its path.
};

struct SearchOptions {
  int num_simulations = 100;
  double gamma = 0.95;  // Discount.
  double c_puct = 1.0;
  Selection selection = Selection::kBilevel;
  GoalPosterior goal_posterior = GoalPosterior::kParent;
  // False: the tree sees the environment's true rewards, for players that know the goal.
  bool use_goal_predictor = true;
  bool line_of_sight = true;     // Valid actions are masked by line of sight.
  bool init_q_with_max = false;  // Unvisited entries take the best value seen, not the mean.
  bool explore_noops = true;  // False: noop gets no simulations, but keeps its prior in the result.
  double prior_temperature = 1.0;  // Priors are raised to this power.
  // Tilts the prior towards actions whose expected reward under the goal posterior is high:
  // prior * exp(weight * E[reward]), shaped as below. 0 is the paper's search.
  double reward_prior_weight = 0.0;
  double temperature = 1.5;          // Visit counts are raised to this power to give the policy.
  double noise_weight = 0.25;        // Share of Dirichlet noise in the root's priors; 0: none.
  double type_noise_alpha = 0.25;    // Concentration over action types.
  double action_noise_total = 10.0;  // Within a type: this divided by its number of valid actions.
  // True: never places a block of a type that another player has removed from that voxel.
  bool respect_removals = false;
  // Rewards of effective places and breaks become shift + scale * reward.
  double own_reward_scale = 1.0;
  double own_reward_shift = 0.0;
};

}  // namespace hod::mcts
