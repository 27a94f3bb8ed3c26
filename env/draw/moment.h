// One moment of a game, as pictures and text show it: a state, and what the players just did.
#pragma once

#include <string>
#include <vector>

#include "env/game/game.h"

namespace hod::env {

struct PlayerMove {
  Action action;
  bool had_effect = false;
};

struct Moment {
  State state;
  std::vector<PlayerMove> moves;  // That led to `state`, one a player; empty at the start.
};

// Plays one action per player and makes `moment` that which follows.
void Advance(const Game& game, absl::Span<const Action> actions, Moment& moment);

// "human", "assistant", "player 3".
std::string PlayerName(int player);

// "step 120, 87.5% of the goal, wrong 3, missing 14".
std::string DescribeProgress(const Game& game, const State& state);

// "human: places planks at 3,2,4". Requires moves for all players.
std::string DescribeMove(const WorldSize& size, const Moment& moment, int player);

}  // namespace hod::env
