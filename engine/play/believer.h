// A network's belief about the goal as what plays one episode: it asks for evaluations, and carries
// out what they say of the goal (env/players/belief_walker.h).
#pragma once

#include <cstdint>

#include "engine/play/seat.h"
#include "env/game/game.h"
#include "env/players/belief_walker.h"
#include "mcts/evaluator.h"

namespace hod::engine {

class Believer {
 public:
  // `game` is borrowed and must have bodies (no teleportation).
  Believer(const env::Game& game, int player, const BeliefPlay& play, uint64_t seed);

  // What has to be evaluated before it acts in `state`, which is borrowed; null if nothing.
  const mcts::Position* NextLeaf(const env::State& state);
  void Deliver(const mcts::Evaluation& evaluation);
  // Its action. Requires that NextLeaf() gave null.
  env::Action Act(const env::State& state);

 private:
  const int moves_per_belief_;
  env::BeliefWalker walker_;
  mcts::Position position_;  // What it wants to know,
  int moves_left_ = 0;       // and for how many more moves it acts on what it was told.
};

}  // namespace hod::engine
