// One episode of players in the same world, each of whom acts by itself, by searches or by what a
// network believes.
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
#include "engine/play/believer.h"
#include "engine/play/searcher.h"
#include "engine/play/seat.h"
#include "env/game/action_distribution.h"
#include "env/game/game.h"
#include "env/houses/sources/source.h"
#include "env/players/player.h"
#include "env/traces/trace_recorder.h"
#include "mcts/search.h"

namespace hod::engine {

// One timestep as observers see it. References are valid during the call only.
struct Move {
  const std::vector<env::Action>& actions;  // Per player.
  const std::vector<int32_t>& ids;          // The same as flat ids.
  const env::StepOutcome& outcome;
  // Per player: what its action was drawn from; empty of one that searches.
  const std::vector<env::ActionDistribution>& policies;
  const mcts::SearchResult* search;  // Null if nobody searches.
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
  // What stands at the start, [volume]; empty: the world before anyone builds. No block may be
  // where a player may start (Game::Reset).
  std::vector<env::Block> world;
  // Who plays, by role (env/game/roles.h). At most one asks for evaluations. The game may have more
  // players than seats: these are left out, since an idle body could stand where a block belongs.
  std::vector<Seat> seats;
  uint64_t seed = 0;  // Start locations, players, search and draws.
  int64_t global_timestep = 0;
  // Where the episode is recorded (docs/traces.md) while it is played; the file appears when it
  // ends. "": nowhere. The trace names `trace_seed` as its seed.
  std::string trace;
  int64_t trace_seed = 0;
};

class Episode {
 public:
  static absl::StatusOr<std::unique_ptr<Episode>> Create(EpisodeSetup setup);

  // `observer` outlives the episode.
  void AddObserver(EpisodeObserver* observer) { observers_.push_back(observer); }

  // Plays on until a leaf needs evaluating; null when the episode is over.
  absl::StatusOr<const mcts::Position*> NextLeaf();
  absl::Status Deliver(const mcts::Evaluation& evaluation);

  const env::Game& game() const { return game_; }
  const env::State& state() const { return state_; }
  const std::string& goal_name() const { return goal_name_; }
  std::optional<int> asker() const { return asker_; }  // The player that asks for evaluations.
  bool done() const { return done_; }
  int64_t num_evaluations() const { return num_evaluations_; }

 private:
  explicit Episode(EpisodeSetup setup);
  absl::Status Take(int player, const Seat& seat, uint64_t seed);
  // What asker_ needs next; null once it can act.
  const mcts::Position* NextQuestion();
  absl::Status Play(const mcts::SearchResult* search);

  env::Game game_;
  std::string goal_name_;
  Rng rng_;
  env::State state_;
  std::vector<std::unique_ptr<env::Player>> players_;  // Null where one asks for evaluations.
  std::vector<EpisodeObserver*> observers_;
  std::optional<env::TraceRecorder> trace_;

  std::optional<int> asker_;          // The player that asks for evaluations,
  std::optional<Searcher> searcher_;  // by searches
  std::optional<Believer> believer_;  // or as this.

  int64_t num_evaluations_ = 0;  // Delivered so far.
  bool done_ = false;
};

}  // namespace hod::engine
