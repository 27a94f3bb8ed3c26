// Planning with Gumbel of the twin, after the paper (Danihelka et al., ICLR 2022) and mctx.
#pragma once

#include <map>
#include <vector>

#include "env/base/random.h"
#include "tests/mcts/twin_node.h"

namespace hod::mcts {

// pi' = softmax(log prior + sigma(completed q)) over the actions that may be tried; all 0 where
// none of these has a prior.
std::map<int, double> TwinImprovedPolicy(const SearchOptions& options, const TwinNode& node);

// argmax of pi'(a) - N(a) / (1 + sum of N), simulations in flight being counted.
int TwinSelectImproved(const SearchOptions& options, const TwinNode& node, TwinChooser& chooser);

// How many visits the action that each simulation tries has had (mctx,
// get_sequence_of_considered_visits).
std::vector<int> ConsideredVisits(int considered, int simulations);

// Sequential halving at the root.
class TwinHalving {
 public:
  void Start(const SearchOptions& options, const TwinNode& root, int simulations, Rng& rng,
             TwinChooser& chooser);
  // A simulation that needs values waits until all are in.
  bool Ready(int simulation, const TwinNode& root) const;
  int Select(const SearchOptions& options, int simulation, const TwinNode& root,
             TwinChooser& chooser) const;
  int Winner(const SearchOptions& options, const TwinNode& root, TwinChooser& chooser) const;

 private:
  int BestWithVisits(const SearchOptions& options, int visits, const TwinNode& root,
                     TwinChooser& chooser) const;

  std::map<int, double> scores_;  // Gumbel noise + log prior of the competitors.
  std::vector<int> schedule_;
};

}  // namespace hod::mcts
