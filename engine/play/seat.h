// Who plays a role of an episode: a player that acts by itself, a search, or a belief that is
// carried out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "env/game/game.h"
#include "env/players/player.h"
#include "mcts/options.h"

namespace hod::engine {

// Makes what plays `player` in one episode of `game` (borrowed). May be called from any thread.
using PlayerFactory = std::function<absl::StatusOr<std::unique_ptr<env::Player>>(
    const env::Game& game, int player, uint64_t seed)>;

// How a player turns searches into actions.
struct SearchPlay {
  mcts::SearchOptions full;         // A full search.
  mcts::SearchOptions fast;         // The search of the other moves.
  double full_search_fraction = 1;  // Share of moves with a full search.
  bool greedy = false;              // Plays the most visited action; else draws from the policy.
  bool reuse_tree = false;          // Searches go on from the subtree of the moves played.
  // Edits have to be surer where past ones were wrong more often than the belief said
  // (env/players/trust.h): own_reward_shift falls. Not with reuse_tree.
  bool look_back = false;
};

// Self-play as the config says: a mix of full searches with noise and fast ones without.
SearchPlay SelfPlaySearches(const RunConfig& config);
// Evaluation: full searches of `num_simulations` without noise, greedy if the config says so.
SearchPlay EvaluationSearches(const RunConfig& config, int num_simulations);

// How a network's belief about the goal is carried out (env/players/belief_walker.h), without its
// policy.
struct BeliefPlay {
  std::vector<double> thresholds;  // Every episode draws one; from 0.5 to 1.
  int moves_per_belief = 1;        // It asks for an evaluation every so many moves.
};

using Seat = std::variant<PlayerFactory, SearchPlay, BeliefPlay>;

}  // namespace hod::engine
