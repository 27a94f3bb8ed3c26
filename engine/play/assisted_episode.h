// One episode of a human model and an assistant in the same world.
//
// Like a search, an episode asks for evaluations, so that many episodes share batches:
//
//   while (const mcts::Position* leaf = episode.NextLeaf().value()) { ...; episode.Deliver(...); }
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "engine/play/player_spec.h"
#include "env/game/game.h"
#include "env/houses/sources/source.h"
#include "env/players/player.h"
#include "mcts/search.h"

namespace hod::engine {

// How a player turns searches into actions.
struct SearchPlay {
  mcts::SearchOptions full;         // A full search.
  mcts::SearchOptions fast;         // The search of the other moves.
  double full_search_fraction = 1;  // Share of moves with a full search.
  bool greedy = false;              // Plays the most visited action; else draws from the policy.
  bool reuse_tree = false;          // Searches go on from the subtree of the moves played.
};

// Self-play as the config says: a mix of full searches with noise and fast ones without.
SearchPlay SelfPlaySearches(const RunConfig& config);
// Evaluation: full searches of `num_simulations` without noise, greedy if the config says so.
SearchPlay EvaluationSearches(const RunConfig& config, int num_simulations);

// One timestep as observers see it. References are valid during the call only.
struct Move {
  const std::vector<env::Action>& actions;  // Per player: the human, and the assistant if any.
  const std::vector<int32_t>& ids;          // The same as flat ids.
  const env::StepOutcome& outcome;
  const env::ActionDistribution& human_policy;  // Empty of a builder who searches.
  const mcts::SearchResult* search;             // Null if nobody searches.
  bool full_search;
};

class EpisodeObserver {
 public:
  virtual ~EpisodeObserver() = default;
  // Around every timestep: the state before it, and what happened with the state after it.
  virtual absl::Status BeforeMove(const env::State&) { return absl::OkStatus(); }
  virtual absl::Status AfterMove(const Move& move, const env::State& after) = 0;
};

struct EpisodeSetup {
  env::GameConfig game;
  env::Goal goal;
  PlayerFactory human;
  // How the assistant plays: by searches, or by itself. Neither: the human is the only player.
  std::optional<SearchPlay> assistant;
  PlayerFactory unsearched_assistant;
  // Instead of all these: a builder who sees the goal and searches, alone in its world.
  std::optional<SearchPlay> builder;
  uint64_t seed = 0;  // Start locations, human model, search and draws.
  int64_t global_timestep = 0;
};

class AssistedEpisode {
 public:
  static absl::StatusOr<std::unique_ptr<AssistedEpisode>> Create(EpisodeSetup setup);

  // `observer` outlives the episode.
  void AddObserver(EpisodeObserver* observer) { observers_.push_back(observer); }

  // Plays on until a leaf needs evaluating; null when the episode is over.
  absl::StatusOr<const mcts::Position*> NextLeaf();
  absl::Status Deliver(const mcts::Evaluation& evaluation) {
    ++num_evaluations_;
    return search_.Deliver(evaluation);
  }

  const env::Game& game() const { return game_; }
  const env::State& state() const { return state_; }
  const std::string& goal_name() const { return goal_name_; }
  int searcher() const { return searcher_; }  // The player that searches, if one does.
  bool done() const { return done_; }
  int64_t num_evaluations() const { return num_evaluations_; }

 private:
  explicit AssistedEpisode(EpisodeSetup setup);
  void StartSearch();
  absl::Status Play(const mcts::SearchResult* search);
  // The next action of a player that acts by itself.
  absl::StatusOr<int32_t> Decide(env::Player& player);

  env::Game game_;
  std::string goal_name_;
  std::optional<SearchPlay> searches_;
  int searcher_;
  Rng rng_;
  env::State state_;
  std::unique_ptr<env::Player> human_;  // Null if the builder searches.
  std::unique_ptr<env::Player> unsearched_assistant_;
  std::vector<EpisodeObserver*> observers_;

  std::optional<env::Game> planning_game_;
  mcts::Search search_;
  mcts::Memory memory_;          // Of the moves before the present one.
  int64_t num_evaluations_ = 0;  // Delivered so far.
  bool searching_ = false;
  bool full_search_ = false;
  bool done_ = false;
};

}  // namespace hod::engine
