// An assistant that carries out a belief about the goal, without a policy and without search: it
// places and breaks what the belief promises, nearest first and from the ground up, and walks there
// by the shortest way. It asks for more certainty if the belief turns out to be wrong more often
// than it says, and where an edit can wait. While it waits, it goes where it may be needed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "env/game/goal_belief.h"
#include "env/players/navigation.h"
#include "env/players/patience.h"
#include "env/players/trust.h"

namespace hod::env {

// Plays one episode. It does not look at the goal of its game.
class BeliefWalker {
 public:
  // `game` is borrowed and must have bodies (no teleportation). An edit is made where the belief
  // says with at least `threshold`, from 0.5 to 1, that it brings the voxel nearer to the goal, or
  // with more where the belief has earned less trust. A walker that `waits` asks for more where an
  // edit can wait, too, and meanwhile goes where it may be needed. A search, which weighs by itself
  // what waiting is worth, wants one that doesn't.
  BeliefWalker(const Game& game, int player, double threshold, bool waits);

  // From now on it believes `goal_logits`, [kNumBlocks][volume]: unnormalised log probabilities
  // that the goal has a block in a voxel.
  void Believe(absl::Span<const float> goal_logits);
  // What to do in `state`; requires a belief. What another player has removed is not put back
  // there, and what another has put back is not broken again.
  Action Act(const State& state);

 private:
  struct Edit {
    Action action;
    float certainty;
  };
  // The likeliest block of a voxel, other than air.
  struct Placing {
    Block block;
    float certainty;
  };

  // The likeliest edit of a voxel.
  Edit LikeliestEdit(int location) const;
  // Whether it is not plainly impossible, nor the repetition of what another player has undone.
  bool IsOpen(const Edit& edit) const;
  // Makes edits_ those that are wanted, in the order of preference, and likely_edits_ those that
  // may be wanted next.
  void FindEdits();
  // The first of `edits` that can be made from `feet`; null if there is none.
  const Edit* EditFrom(absl::Span<const Edit> edits, Cell feet) const;
  // Plans the way to the nearest place to make an edit from.
  bool PlanWayToEdit();
  // Plans the way to the nearest place from which a likely edit can be made later.
  bool PlanWayToWait();
  // Plans the way out of where a block probably belongs.
  bool PlanWayAside();
  bool ProbablyStaysFree(Cell feet) const;

  const Game& game_;
  const int player_;
  const double threshold_;
  Navigator navigator_;
  Trust trust_;
  std::optional<Patience> patience_;      // Where it waits.
  std::vector<GoalDistribution> belief_;  // [volume]
  std::vector<Placing> placings_;         // [volume]
  std::vector<Edit> edits_, likely_edits_;
  std::vector<char> is_wanted_;       // [volume] scratch of FindEdits().
  std::vector<int> put_aside_until_;  // [volume] timestep until which no edit is tried.
  int no_waiting_place_until_ = 0;    // Timestep until which none is looked for.
};

}  // namespace hod::env
