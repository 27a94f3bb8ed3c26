// An assistant that carries out a belief about the goal, without a policy and without search: it
// places and breaks what the belief promises, nearest first and from the ground up, and walks there
// by the shortest way. Where the belief turns out to be wrong more often than it says, it grows
// careful.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "env/game/goal_belief.h"
#include "env/players/navigation.h"

namespace hod::env {

// Plays one episode. It does not look at the goal of its game.
class BeliefWalker {
 public:
  // `game` is borrowed and must have bodies (no teleportation). An edit is made where the belief
  // says with at least `threshold`, from 0.5 to 1, that it brings the voxel nearer to the goal. If
  // the last edits were wrong twice as often as the belief said, its doubts count twice.
  BeliefWalker(const Game& game, int player, double threshold);

  // What to do in `state`, believing `goal_logits`, [kNumBlocks][volume]: unnormalised log
  // probabilities that the goal has a block in a voxel. What another player has removed is not put
  // back there, and what another has put back is not broken again.
  Action Act(const State& state, absl::Span<const float> goal_logits);

 private:
  struct Edit {
    Action action;
    float certainty;
  };

  // An edit that this player has decided on, and how probable the belief then held it to be wrong.
  struct Decision {
    int location;
    Block before, after;
    float doubt;
  };

  // Compares what the belief said of past decisions with what has become of them: sets bar_.
  void LookBack();
  // The probability that a decision was wrong: what the belief says now, and 1 where another player
  // has undone it.
  float DoubtNow(const Decision& decision) const;
  bool RemovedByOthers(size_t at, Block block) const;
  // Makes edits_ those that are wanted and not plainly impossible, in the order of preference.
  void FindEdits();
  // The first of them that can be made from `feet`; null if there is none.
  const Edit* EditFrom(Cell feet) const;
  // Plans the way to the nearest place to make an edit from.
  bool PlanWayToEdit();
  // Plans the way out of where a block probably belongs.
  bool PlanWayAside();
  bool ProbablyStaysFree(Cell feet) const;

  const Game& game_;
  const int player_;
  const float threshold_;
  Navigator navigator_;
  std::vector<GoalDistribution> belief_;  // [volume] at this timestep.
  std::vector<Decision> decisions_;       // Oldest first.
  float bar_;                             // threshold_, raised as doubts turn out to be too small.
  std::vector<Edit> edits_;
  std::vector<char> is_wanted_;       // [volume] scratch of FindEdits().
  std::vector<int> put_aside_until_;  // [volume] timestep until which no edit is tried.
};

}  // namespace hod::env
