// How far a player can trust a belief about the goal: it looks back on the edits that the belief
// led to, and grows careful where more of them were wrong than the belief had said.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "env/game/game.h"
#include "env/game/goal_belief.h"

namespace hod::env {

// The trust of one player in one episode.
class Trust {
 public:
  // `game` is borrowed.
  Trust(const Game& game, int player) : game_(game), player_(player) {}

  // Judges the edits noted so far by what has become of them in `state`: `belief`, [volume], says
  // how probably each was wrong, and one that another player has undone was wrong.
  void LookBack(const State& state, absl::Span<const GoalDistribution> belief);

  // Notes an edit that the player is about to make in `state`; other actions are not noted.
  void Note(const State& state, const Action& action, absl::Span<const GoalDistribution> belief);

  // The certainty to ask for in place of `threshold`. If the last edits were wrong twice as often
  // as the belief said when they were made, its doubts count twice.
  double Careful(double threshold) const { return 1 - (1 - threshold) * as_often_; }

 private:
  struct Edit {
    int location;
    Block before, after;
    float doubt;  // How probable the belief then held it to be wrong.
  };

  float DoubtNow(const Edit& edit, const State& state,
                 absl::Span<const GoalDistribution> belief) const;

  const Game& game_;
  const int player_;
  std::vector<Edit> edits_;  // Oldest first.
  float as_often_ = 1;       // Wrong edits that the belief expected per wrong edit; at most 1.
};

}  // namespace hod::env
