// Why the rules forbid an action, in words for people.
#pragma once

#include <optional>
#include <string>

#include "env/game/game.h"

namespace hod::env {

// What keeps `action` of `player` from taking effect in `state`, while the others wait: "out of
// reach: 4.5 is as far as an arm is long". None if it takes effect, and none to a noop. Placing a
// block into one's own body is objected to as well: no mask offers it. For games with bodies and
// infinite blocks. Requires that CheckActions() would accept it.
std::optional<std::string> ObjectionTo(const Game& game, const State& state, int player,
                                       const Action& action);

}  // namespace hod::env
