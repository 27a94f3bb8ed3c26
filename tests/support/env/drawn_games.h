// A small game to draw, and episodes of it.
#pragma once

#include <string>
#include <vector>

#include "env/draw/moment.h"
#include "env/game/game.h"

namespace hod::env {

// 6x6x6, two players. The goal has planks at (2,2,2), glass on it and stone in the ground at
// (3,1,3). An episode has `horizon` steps.
Game SmallGame(int horizon = 40);

// Nothing built; the human stands at (1,2,4), the assistant at (4,2,1).
State SmallStart(const Game& game);

// The actions of both players at random among the valid ones, to the end of the episode.
std::vector<std::vector<Action>> RandomPlay(const Game& game);

// The moments of RandomPlay, the start first.
std::vector<Moment> RandomMoments(const Game& game);

}  // namespace hod::env
