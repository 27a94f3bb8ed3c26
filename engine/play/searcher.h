// Searches as what plays one episode: they ask for evaluations, and each ends in an action.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "engine/play/seat.h"
#include "env/base/random.h"
#include "env/game/game.h"
#include "env/game/goal_belief.h"
#include "env/players/trust.h"
#include "mcts/evaluator.h"
#include "mcts/search.h"

namespace hod::engine {

class Searcher {
 public:
  // `game` is borrowed.
  Searcher(const env::Game& game, int player, SearchPlay play);

  // What has to be evaluated before it acts in `state`, which is borrowed; null if nothing. Draws
  // from `rng` where a search begins.
  const mcts::Position* NextLeaf(const env::State& state, Rng& rng);
  absl::Status Deliver(const mcts::Evaluation& evaluation);

  // What the search in the present state came to. Requires that NextLeaf() gave null.
  mcts::SearchResult Result() const { return search_.result(); }
  // The action that it leads to in `state`, flat.
  int32_t Act(const env::State& state, const mcts::SearchResult& result, Rng& rng);

  // Ends the present search early, once one evaluation has been delivered.
  void Stop() { search_.Stop(); }

  bool full_search() const { return full_search_; }  // The last one.
  const mcts::Search& search() const { return search_; }

 private:
  void Start(const env::State& state, Rng& rng);
  // The expected reward that an edit has to bring, now that the player looks back.
  double OwnRewardShift(const mcts::SearchOptions& options) const;

  const env::Game& game_;
  const int player_;
  const SearchPlay play_;
  const env::Game planning_game_;
  mcts::Search search_;
  mcts::Memory memory_;  // Covers the moves before the present one.
  bool searching_ = false;
  bool has_searched_ = false;
  bool full_search_ = false;

  env::Trust trust_;                           // Only used where it looks back, as
  std::vector<env::GoalDistribution> belief_;  // [volume] at the root.
};

}  // namespace hod::engine
