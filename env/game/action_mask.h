// Which actions a player may choose (rules, Section 4).
#pragma once

#include <cstdint>
#include <vector>

#include "env/game/game.h"

namespace hod::env {

// Flat ids of the valid actions of `player`, ascending; replaces the contents of `ids`. With
// `line_of_sight`, places and breaks also need a face the player can click. As in the reference,
// the mask is made from the observation alone and in rare cases disagrees with Step() (rules,
// Section 4).
void ValidActions(const Game& game, const State& state, int player, bool line_of_sight,
                  std::vector<int32_t>& ids);

// The same as bytes 0/1, [num_actions].
std::vector<uint8_t> ActionMask(const Game& game, const State& state, int player,
                                bool line_of_sight);

}  // namespace hod::env
