// Among which actions a network predicts the other player's next one.
#pragma once

#include <cstdint>
#include <vector>

#include "mcts/evaluator.h"

namespace hod::mcts {

// Flat ids of what the other player may do, ascending: the human beside an assistant. People who
// teleport do so out of sight of anything, so that line of sight tells something of those who walk
// only.
void HumanActions(const Position& position, std::vector<int32_t>& ids);

}  // namespace hod::mcts
