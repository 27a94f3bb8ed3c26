// The settings of a run, and those that other files share with it.
#pragma once

#include <vector>

#include "engine/config/declaration.h"
#include "engine/config/run_config.h"
#include "mcts/options.h"

namespace hod::engine {

// All settings of `config`, which they point into.
std::vector<Field> Fields(RunConfig& config);

// The settings of a search, under "search.".
void DeclareSearch(Declaration& declaration, mcts::SearchOptions& options);

}  // namespace hod::engine
