// How long to wait with an edit that one is not sure of. Where other players are at work, they will
// soon have done what is to be done, and an edit that comes later saves them nothing. What they
// will not come to soon can wait, and meanwhile they show more of what they want.
#pragma once

#include <vector>

#include "env/game/game.h"

namespace hod::env {

// The patience of one player.
class Patience {
 public:
  // `game` is borrowed.
  Patience(const Game& game, int player)
      : game_(game), player_(player), work_(game.num_players()) {}

  // Notes where each of the other players has made its last edit before `state`.
  void Look(const State& state);

  // The certainty to ask for before an edit at `cell`, where `threshold` would do if it could not
  // wait. Nothing waits where nobody has edited anything for a while.
  double Asked(double threshold, Cell cell) const;

 private:
  struct Edit {
    Cell cell = {};
    int timestep = kNever;
  };

  const Game& game_;
  const int player_;
  std::vector<Edit> work_;         // [num_players] the last edit of each.
  bool others_show_more_ = false;  // Of what they want, by what they edit.
};

}  // namespace hod::env
