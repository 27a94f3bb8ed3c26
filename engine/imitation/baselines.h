// What a model of people has to beat.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "engine/imitation/recorded_people.h"
#include "engine/play/seat.h"
#include "env/game/actions.h"

namespace hod::engine {

// How often each type of action was chosen, [kNumActionTypes], summing to 1 if any was.
using TypeShares = std::array<double, env::kNumActionTypes>;
TypeShares TypeSharesOf(const std::vector<DecisionRef>& decisions);

// Chooses types as often as `shares` says, among those it can do something of, and of a type each
// valid action (with line of sight) with the same probability. Where it can do nothing of what it
// chooses, each valid action.
PlayerFactory NoContextPlayer(const TypeShares& shares);

}  // namespace hod::engine
