// Planning with Gumbel (Danihelka, Guez, Schrittwieser, Silver: "Policy improvement by planning
// with Gumbel", ICLR 2022): few simulations are spent on few actions, and the result is a policy
// that is expected to be no worse than the prior, however few there are.
#pragma once

#include <cstdint>
#include <vector>

#include "env/base/random.h"
#include "mcts/options.h"
#include "mcts/selection.h"
#include "mcts/tree.h"

namespace hod::mcts {

// pi'(a) = softmax(log prior + (value_visits + max N) * value_scale * q(a)) over the actions of an
// expanded node, in the order of the pool. q are values normalised to [0, 1] over the node's
// actions; those never tried get the mix of the node's own value and the values of those tried
// (Appendix D of the paper). All 0 where noop has all of the prior but is excluded.
void ImprovedPolicy(const SearchOptions& options, const Tree& tree, const Node& node,
                    std::vector<float>& policy);

// The action below the root whose share of visits lags furthest behind pi' (Section 5).
// `policy` is scratch.
Choice SelectImproved(const SearchOptions& options, const Tree& tree, const Node& node,
                      std::vector<float>& policy);

// Sequential halving over the root's most promising actions (Section 4): all competitors get the
// same number of simulations, then the better half goes on.
class SequentialHalving {
 public:
  // `simulations` are left for the children of `root`, which was just expanded.
  void Start(const SearchOptions& options, const Tree& tree, const Node& root, int simulations,
             Rng& rng);

  // Whether simulation `i` below the root, counted from 0, may start: a halving compares values,
  // and waits for those in flight.
  bool Ready(const Node& root, int i) const;
  // The competitor that simulation `i` tries. Requires Ready().
  Choice Select(const Tree& tree, const Node& root, int i) const;
  // The best of those with the most visits: its action's index in the pool.
  int32_t Winner(const Tree& tree, const Node& root) const;

 private:
  struct Competitor {
    int32_t action;
    int type;
    float score;  // Gumbel noise + log prior.
  };

  const SearchOptions* options_ = nullptr;
  std::vector<Competitor> competitors_;
  std::vector<int32_t> visits_before_;  // Per simulation: visits that its action has had.
};

}  // namespace hod::mcts
