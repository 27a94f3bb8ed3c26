// A node of the twin's tree, and how the twin chooses by score.
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "env/game/game.h"
#include "mcts/evaluator.h"
#include "mcts/options.h"

namespace hod::mcts {

struct TwinAction {
  double prior = 0;
  int visits = 0;
  int in_flight = 0;
  double sum = 0;
  double Mean() const { return sum / visits; }
  bool operator==(const TwinAction&) const = default;
};

struct TwinNode {
  env::State state;
  TwinNode* parent = nullptr;
  int action = 0, human_action = 0;  // Flat ids of the edge into the node.
  env::StepOutcome outcome;          // Outcome of that edge.
  bool expanded = false;

  Evaluation evaluation;
  std::vector<int> valid;
  std::map<int, TwinAction> actions;  // Those valid, once expanded.
  double noop_prior = 0;              // Before noops are excluded and noise is added.
  double value = 0;                   // The evaluator's; 0 where the game is over.

  int visits = 0, in_flight = 0;
  double total = 0, lowest = 1e300, highest = -1e300;
  double reward = 0, own_reward = 0;
  double reward_sum = 0;  // Over the backups through the node.
  std::map<std::pair<int, int>, std::unique_ptr<TwinNode>> children;

  bool Over() const { return parent != nullptr && outcome.done(); }
  // The actions that simulations may try.
  std::vector<int> Explored(const SearchOptions& options) const {
    std::vector<int> explored;
    for (const int a : valid) {
      if (a != 0 || options.explore_noops || valid.size() == 1) explored.push_back(a);
    }
    return explored;
  }
};

// What a choice is made from.
struct TwinCandidate {
  int id;
  double score;
  TwinAction stats;
};

// Remembers whether some choice was so close that float32, in which the search computes, may make
// it otherwise.
class TwinChooser {
 public:
  // The first of the best. Candidates that are alike in every number tie in float32 as well.
  int Best(const std::vector<TwinCandidate>& candidates, double tolerance) {
    TwinCandidate best = candidates.front();
    for (const TwinCandidate& c : candidates) {
      if (c.score > best.score) best = c;
    }
    for (const TwinCandidate& c : candidates) {
      if (c.score == best.score && c.stats == best.stats) continue;
      Compare(c.score, best.score, tolerance);
    }
    return best.id;
  }
  void Compare(double a, double b, double tolerance) { close_call_ |= std::abs(a - b) < tolerance; }
  bool close_call() const { return close_call_; }

 private:
  bool close_call_ = false;
};

}  // namespace hod::mcts
