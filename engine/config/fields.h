// The settings of a run, and those that other files share with it.
#pragma once

#include "engine/config/run_config.h"
#include "env/settings/declaration.h"
#include "mcts/options.h"

namespace hod::engine {

// All settings of `config`, which outlives the declaration.
settings::Declaration Declare(RunConfig& config);

// The settings of a search, under "search.".
void DeclareSearch(settings::Declaration& declaration, mcts::SearchOptions& options);

}  // namespace hod::engine
