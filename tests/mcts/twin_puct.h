// PUCT of the twin (docs/rules.md, Section 5, "Select").
#pragma once

#include "env/game/actions.h"
#include "tests/mcts/twin_node.h"

namespace hod::mcts {

// The action of `node` that the next simulation tries. Simulations in flight count as visits, but
// have no value.
int TwinPuct(const SearchOptions& options, double c_puct, const env::ActionSpace& space,
             const TwinNode& node, TwinChooser& chooser);

}  // namespace hod::mcts
