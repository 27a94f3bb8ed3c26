#include "engine/play/seat.h"

namespace hod::engine {

SearchPlay SelfPlaySearches(const RunConfig& config) {
  SearchPlay play;
  play.full = play.fast = config.search;
  play.fast.num_simulations = config.selfplay.fast_simulations;
  play.fast.noise_weight = 0;
  play.fast.gumbel_noise = false;
  // Gumbel noise has drawn already.
  play.greedy = config.search.selection == mcts::Selection::kGumbel;
  play.full_search_fraction = config.selfplay.full_search_fraction;
  play.reuse_tree = config.reuse_tree;
  play.look_back = config.look_back;
  return play;
}

SearchPlay EvaluationSearches(const RunConfig& config, int num_simulations) {
  SearchPlay play;
  play.full = config.search;
  play.full.num_simulations = num_simulations;
  play.full.noise_weight = 0;
  play.full.gumbel_noise = false;
  play.fast = play.full;
  play.greedy = config.evaluation.greedy;
  play.reuse_tree = config.reuse_tree;
  play.look_back = config.look_back;
  return play;
}

}  // namespace hod::engine
