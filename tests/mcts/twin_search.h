// The search of docs/rules.md, Section 5, and of mcts/options.h as slowly and plainly as it can be
// written: a tree of maps, a copy of the state in every node, every number computed where it is
// needed. It draws from an equal generator in the order of the search: the exploration constant, if
// there are several; for each step of a descent the human's action, even where the descent ends at
// a leaf in flight; for each expansion the seed of its common draws; at the root then Dirichlet
// noise over types, over the actions of one type after another, and Gumbel noise over actions.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "mcts/evaluator.h"
#include "mcts/options.h"
#include "tests/mcts/twin_gumbel.h"
#include "tests/mcts/twin_node.h"

namespace hod::mcts {

class TwinSearch {
 public:
  TwinSearch(const SearchOptions& options, const env::Game& game, int player, Evaluator& evaluator,
             Rng rng);

  // The tree after options.num_simulations, with leaves delivered as Run() of evaluators.h does.
  std::unique_ptr<TwinNode> Run(const env::State& state, int deliveries);
  // Whether some choice or draw may be otherwise in float32.
  bool close_call() const { return chooser_.close_call(); }
  double c_puct() const { return c_puct_; }
  // The action to play with Gumbel selection.
  int Winner(const TwinNode& root) { return halving_.Winner(options_, root, chooser_); }

 private:
  env::ActionType TypeOf(int action) const { return game_.actions().TypeOf(action); }
  // Null where no simulation can begin.
  TwinNode* Begin(TwinNode& root);
  void Finish(TwinNode& leaf);
  void CountInFlight(TwinNode& leaf, int change);
  int Select(const TwinNode& node);
  int DrawHuman(const TwinNode& node);
  TwinNode& Child(TwinNode& node, int action);
  std::vector<int32_t> ValidActions(const TwinNode& node) const;

  void Expand(TwinNode& node);
  void SetPriors(TwinNode& node);
  void AddNoise(TwinNode& root);
  std::vector<double> Dirichlet(size_t n, double alpha);

  double Expected(const TwinNode& parent, int player, const env::Action& action,
                  const std::vector<float>& logits) const;
  double BeliefValue(const TwinNode& node) const;
  double Shaped(env::ActionType type, double reward) const;
  double OwnReward(const TwinNode& node, const std::vector<float>& logits) const;
  double FullReward(const TwinNode& node, const std::vector<float>& logits) const;

  SearchOptions options_;
  const env::Game& game_;
  int player_;
  Evaluator& evaluator_;
  Rng rng_;
  double c_puct_;
  int started_ = 0;
  std::deque<TwinNode*> in_flight_;
  TwinHalving halving_;
  TwinChooser chooser_;
};

}  // namespace hod::mcts
