// The search of docs/rules.md, Section 5, as slowly and plainly as it can be written: a tree of
// maps, a copy of the state in every node, every number computed where it is needed. The human's
// action is the most probable one, and there is no root noise.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "mcts/evaluator.h"
#include "mcts/options.h"

namespace hod::mcts {

struct TwinNode {
  env::State state;
  TwinNode* parent = nullptr;
  int action = 0;            // Flat ids of the edge into the node.
  env::StepOutcome outcome;  // Of that edge.
  bool expanded = false;

  Evaluation evaluation;
  std::vector<int> valid;
  std::map<int, float> prior;
  double noop_prior = 0;  // Before noops are excluded.

  std::map<int, int> visits;  // Per action, where tried.
  std::map<int, float> sums;
  int node_visits = 0;
  double total = 0, lowest = 1e300, highest = -1e300;
  double reward = 0, own_reward = 0;
  double reward_sum = 0;  // Over the backups through the node.
  std::map<std::pair<int, int>, std::unique_ptr<TwinNode>> children;
};

class TwinSearch {
 public:
  TwinSearch(const SearchOptions& options, const env::Game& game, int player, Evaluator& evaluator)
      : options_(options), game_(game), player_(player), evaluator_(evaluator) {}

  // The tree after options.num_simulations.
  std::unique_ptr<TwinNode> Run(const env::State& state);
  // Whether some choice was so close that float32, in which the search scores, may see it
  // otherwise.
  bool close_call() const { return close_call_; }
  // Probabilities of the actions of a root.
  std::map<int, double> Policy(const TwinNode& root) const;

 private:
  env::ActionType TypeOf(int action) const { return game_.actions().TypeOf(action); }
  void Simulate(TwinNode& root);
  int Select(const TwinNode& node);
  int Best(const std::vector<std::pair<int, double>>& scores);
  TwinNode& Child(TwinNode& node, int action);
  void Expand(TwinNode& node);
  double Expected(const TwinNode& parent, int player, const env::Action& action,
                  const std::vector<float>& logits) const;
  double Shaped(env::ActionType type, double reward) const;
  double OwnReward(const TwinNode& node, const std::vector<float>& logits) const;
  double FullReward(const TwinNode& node, const std::vector<float>& logits) const;

  SearchOptions options_;
  const env::Game& game_;
  int player_;
  Evaluator& evaluator_;
  bool close_call_ = false;
};

}  // namespace hod::mcts
