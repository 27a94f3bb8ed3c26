// Games small enough for searches in tests, and what a search came to as plain numbers.
#pragma once

#include <vector>

#include "mcts/search.h"

namespace hod::mcts {

// Two players in 4x4x4 voxels.
env::GameConfig TinyConfig();
// A game of one fixed random goal.
env::Game TinyGame(const SearchOptions& options, const env::GameConfig& config = TinyConfig());
env::State Start(const env::Game& game);

// All actions of all expanded nodes.
std::vector<ActionView> Actions(const Search& search);
std::vector<float> Priors(const Search& search);
// Every number of the nodes' and their actions' statistics.
std::vector<double> Fingerprint(const Search& search);

}  // namespace hod::mcts
