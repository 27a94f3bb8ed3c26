// Who is who among the players of a game.
#pragma once

namespace hod::env {

// Players of every game that is set up here. Recordings may have another order.
inline constexpr int kHuman = 0;
inline constexpr int kAssistant = 1;

}  // namespace hod::env
