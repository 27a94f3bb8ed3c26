// One moment of a game, as pictures and text show it: a state, and what the players just did.
#pragma once

#include <optional>
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
  // That led to `state`, one a player (none: not recorded); empty at the start.
  std::vector<std::optional<PlayerMove>> moves;
};

// Plays one action per player and makes `moment` that which follows.
void Advance(const Game& game, absl::Span<const Action> actions, Moment& moment);

// The players in the order in which drawings name, number and colour them: those who see the goal
// before those who do not. So the first is the human, wherever the game has it.
std::vector<int> PlayersInOrder(const Game& game);

// The name of number `place` in that order: "human", "assistant", "player 3".
std::string PlayerName(int place);

// "places planks at 3,2,4".
std::string DescribeAction(const WorldSize& size, const Action& action);

// "step 120, 87.5% of the goal, wrong 3, missing 14".
std::string DescribeProgress(const Game& game, const State& state);

// One line a player, in order: "human: places planks at 3,2,4". None at the start.
std::vector<std::string> DescribeMoves(const Game& game, const Moment& moment);

}  // namespace hod::env
