// Monte Carlo tree search over joint histories, from one player's side: AssistanceZero's (paper,
// Section 4; docs/rules.md, Section 5) and what goes beyond it (options.h).
//
// A search asks for evaluations instead of making them, so that a caller may gather the leaves of
// many games into one batch, and several of one game:
//
//   search.Start(options, game, state, player, rng);
//   while (!search.done()) {
//     while (const Position* leaf = search.NextLeaf()) leaves.push_back(*leaf);
//     ... evaluate the leaves ...
//     for (const Evaluation& evaluation : evaluations) status = search.Deliver(evaluation);
//   }
//   search.result();
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/base/random.h"
#include "env/game/game.h"
#include "mcts/evaluator.h"
#include "mcts/expansion.h"
#include "mcts/gumbel.h"
#include "mcts/options.h"
#include "mcts/root_policy.h"
#include "mcts/selection.h"
#include "mcts/tree.h"

namespace hod::mcts {

// The game a tree plays: the same rules without truncation, and with a goal predictor without an
// end on completion, which would leak the goal.
env::Game PlanningGame(const env::Game& game, const SearchOptions& options);

struct SearchResult {
  Policy policy;        // Made as SearchOptions::root_policy says.
  int32_t best_action;  // The first of the most probable; with Gumbel selection the winner of the
                        // halving, which is to be played even where policies are drawn from.
  double root_value;    // Mean value of the root.
};

// An action of a node, tried or not.
struct ActionView {
  int32_t id;   // Flat.
  float prior;  // P(a), summing to 1 over the node.
  int32_t visits;
  float value_sum;
  int32_t first_child;  // Index into nodes(); kNone if there is none.
};

// Not thread-safe; many searches may run on many threads. Memory is kept between searches, so that
// after the first ones no simulation allocates.
class Search {
 public:
  // Starts a search for `player`'s action in `state`. `game` comes from PlanningGame() and outlives
  // the search. `memory` is the evaluator's of the history before `state`; root().memory, once the
  // root is evaluated, is that for the next move.
  void Start(const SearchOptions& options, const env::Game* game, const env::State& state,
             int player, Rng rng, Memory memory = nullptr);

  // Starts the next search of the same game and player, in the state that the moves played have led
  // to: what this search, which has to be done, knows of that state is kept. Returns how many
  // simulations below the new root are kept; none if the tree has no equal state.
  //
  // The new root is evaluated anew, which gives it priors with noise of its own. Simulations kept
  // count towards options.num_simulations; the evaluation of the root is made in any case. Requires
  // options that differ from those of this search in num_simulations and noise alone, without
  // Gumbel selection, which counts on equal visits.
  int Advance(const SearchOptions& options, const env::State& state, Rng rng,
              Memory memory = nullptr);

  // Begins the next simulation and returns its leaf. Null when no more can begin: all have, as many
  // are in flight as may be, or the next depends on one of those. The position stays valid until
  // its evaluation is delivered.
  const Position* NextLeaf();

  // Ends the oldest simulation in flight. An evaluation of the wrong shape, with numbers that are
  // not finite, negative probabilities or without prior mass on any valid action is an error, and
  // the search is over.
  absl::Status Deliver(const Evaluation& evaluation);

  // No simulation is left or in flight.
  bool done() const { return started_ == options_.num_simulations && in_flight_ == 0; }
  // Ends a search early, after at least one simulation: no further one will begin.
  void Stop() { options_.num_simulations = started_; }

  // Requires that nothing is in flight and at least one simulation was made.
  SearchResult result() const;

  // What traces, explanations and tests need.
  const SearchOptions& options() const { return options_; }
  const env::Game& game() const { return *game_; }
  const Tree& tree() const { return tree_; }
  const Node& root() const { return tree_.nodes.front(); }
  absl::Span<const Node> nodes() const { return tree_.nodes; }
  // An action of the pool, of a type of `node`.
  ActionView action(const TypeStats& type, int32_t action) const;
  // Goal-dependent reward that a valid action of `node` brings if it takes effect, under the node's
  // posterior, where `before` stands at its location. 0 without a goal predictor.
  double ExpectedRewardOf(const Node& node, const env::Action& action, env::Block before) const;
  // Flat actions from the root to the leaf that is next to be delivered, and that leaf.
  std::vector<int32_t> LeafPath() const;
  const Node& leaf() const { return tree_.nodes[slots_[oldest_].path.back()]; }
  // Mean reward, and own part of it, over the backups through the children of a flat action: the
  // reward expected from playing it. {NaN, NaN} if it was never tried.
  std::pair<double, double> MeanReward(int32_t action) const;

 private:
  // A simulation in flight, with a world of its own. Between simulations the world is the root's.
  struct Slot {
    env::State state;
    std::vector<int32_t> path;   // Nodes from the root to the leaf.
    std::vector<int32_t> edges;  // One less: those between.
    std::vector<int32_t> valid_actions;
    Position position;
  };

  // Starts from the tree's root, whose world is the first slot's.
  void Begin(const SearchOptions& options, Rng rng);
  // The child with `state`, whose inventories are packed, that was visited most; kNone if there is
  // none.
  int32_t ChildOfRoot(const env::State& state);

  // Walks from the root to a leaf; false if that depends on simulations in flight.
  bool Descend(Slot& slot);
  void Ascend(Slot& slot);
  Choice Select(const Node& node);
  // Steps the world along an edge, into the child, made if new. Returns the child.
  int32_t EnterChild(Slot& slot, int32_t node, int32_t edge);
  int32_t MakeEdge(int32_t node, const Choice& choice);
  int32_t MakeChild(Slot& slot, int32_t node, int32_t edge, int32_t human);
  // Counts one more simulation on the path, or one less.
  void CountInFlight(const Slot& slot, int32_t change);

  absl::Status Expand(const Slot& slot, int32_t node, const Evaluation& evaluation);
  // The edge's reward under `belief`; updates the own part as `posterior` says.
  double EdgeReward(Node& node, Belief belief, GoalPosterior posterior) const;
  void Backup(const Slot& slot, double value, Belief belief);

  SearchOptions options_;
  const env::Game* game_ = nullptr;
  int player_ = 0;
  Rng rng_;
  double c_puct_ = 1;
  Memory memory_;    // Covers the history before the root.
  int started_ = 0;  // Simulations.

  Tree tree_, spare_tree_;
  SequentialHalving halving_;
  std::vector<Slot> slots_ = std::vector<Slot>(1);  // A ring.
  int oldest_ = 0, in_flight_ = 0;

  // Scratch.
  Expansion expansion_;
  std::vector<env::Action> joint_action_;
  std::vector<env::Block> before_;
  std::vector<float> policy_;
  std::vector<double> noise_;
};

}  // namespace hod::mcts
