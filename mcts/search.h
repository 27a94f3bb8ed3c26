// AssistanceZero's Monte Carlo tree search over joint histories, from one player's side (paper,
// Section 4; docs/rules.md, Section 5).
//
// A search asks for evaluations instead of making them, so that a caller may gather the leaves of
// many games into one batch:
//
//   search.Start(options, game, state, player, rng);
//   while (const Position* leaf = search.NextLeaf()) {
//     ... evaluate *leaf ...
//     status = search.Deliver(evaluation);
//   }
//   search.result();
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/game/game.h"
#include "env/game/random.h"
#include "mcts/evaluator.h"
#include "mcts/node.h"
#include "mcts/options.h"

namespace hod::mcts {

// The game a tree plays: the same rules without truncation, and with a goal predictor without an
// end on completion, which would leak the goal.
env::Game PlanningGame(const env::Game& game, const SearchOptions& options);

// (flat action id, probability > 0), ids ascending.
using Policy = std::vector<std::pair<int32_t, float>>;

struct SearchResult {
  Policy policy;        // Visit counts ^ temperature, normalised.
  int32_t best_action;  // The first of the most probable.
  double root_value;    // Mean value of the root.
};

// Not thread-safe; many searches may run on many threads. Memory is kept between searches.
class Search {
 public:
  // Starts a search for `player`'s action in `state`. `game` comes from PlanningGame() and outlives
  // the search.
  void Start(const SearchOptions& options, const env::Game* game, const env::State& state,
             int player, env::Rng rng);

  // Begins the next simulation and returns its leaf; null when all simulations are done. The
  // position is valid until Deliver(), which must follow.
  const Position* NextLeaf();

  // Ends the simulation begun by NextLeaf(). An evaluation of the wrong shape, with non-finite
  // numbers, negative probabilities or without prior mass on any valid action is an error, and the
  // search is over.
  absl::Status Deliver(const Evaluation& evaluation);

  // Requires that NextLeaf() returned null. After a single simulation the root's priors take
  // the place of visit counts: acting without search.
  SearchResult result() const;

  // For traces and explanations.
  const SearchOptions& options() const { return options_; }
  const Node& root() const { return nodes_.front(); }
  absl::Span<const Node> nodes() const { return nodes_; }
  absl::Span<const ActionStats> actions() const { return actions_; }
  // Flat actions from the root to the leaf that awaits evaluation.
  std::vector<int32_t> LeafPath() const;
  const Node& leaf() const { return nodes_[path_.back()]; }
  // Mean reward, and own part of it, over the backups through the children of a flat action: the
  // reward expected from playing it. {NaN, NaN} if it was never tried.
  std::pair<double, double> MeanReward(int32_t action) const;

 private:
  void Descend();
  // Steps the working state along (action, human action), into the child, made if new.
  int32_t EnterChild(int32_t node, int32_t action);
  int32_t MakeChild(int32_t parent, int32_t action, int32_t human_action,
                    const env::StepOutcome& outcome, absl::Span<const env::Block> before);
  absl::Status Check(const Evaluation& evaluation) const;
  absl::Status Expand(Node& node, const Evaluation& evaluation);
  // Whether the action places a block of a type that another player has removed from there.
  bool WasRemovedByOthers(const env::Action& place) const;
  absl::Status SetPriors(Node& node, const Evaluation& evaluation);
  // The edge's reward under `goal_logits`; updates the own part as `posterior` says.
  double EdgeReward(Node& node, absl::Span<const float> goal_logits, GoalPosterior posterior) const;
  void Backup(double value, absl::Span<const float> goal_logits);
  double Shaped(const env::Action& effective_action, double own_reward) const;

  SearchOptions options_;
  const env::Game* game_ = nullptr;
  int player_ = 0;
  env::Rng rng_;
  int simulations_left_ = 0;
  double root_noop_probability_ = 0;

  std::vector<Node> nodes_;
  std::vector<ActionStats> actions_;
  std::vector<int32_t> humans_;

  // The simulation in progress: the state at the end of the path, and how to take it back.
  env::State state_;
  Position position_{};
  std::vector<int32_t> path_;
  std::vector<env::StepChange> undos_;  // As deep as any path so far; path_.size() - 1 are in use.
  std::vector<env::Action> joint_action_;
  std::vector<env::Block> before_;
  std::vector<int32_t> valid_;
};

}  // namespace hod::mcts
