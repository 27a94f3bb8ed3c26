// A heuristic human: knows the goal and builds it the way recorded people do (digs the ground
// first, goes bottom-up but next to its last edit, in runs of one block type, from close by, with
// pauses, slips and repairs). statistics.h measures how closely.
//
// What it means to do (which edit next, from about where) is drawn from its own random stream; what
// it does about it is in the distribution: the good edits it can make from here, the shortest ways
// to a better place, pauses, idle moves and slips.
#pragma once

#include <optional>
#include <vector>

#include "env/players/intent.h"
#include "env/players/player.h"

namespace hod::env {

class HeuristicBuilder final : public Player {
 public:
  // `game` is borrowed and must have bodies (no teleportation). Deterministic in `seed`.
  HeuristicBuilder(const Game& game, int player, const BuilderStyle& style, uint64_t seed);

  const ActionDistribution& NextAction(const State& state) override;
  void Observe(const State& before, int32_t action) override;

 private:
  bool Acts(const State& state) const {
    return state.timestep % game_.config().players[player_].timestep_skip == 0;
  }
  double PauseProbability() const;
  // The probability of making the intended edit from here, rather than walking on.
  double EditProbability(const Moves& moves) const;

  // Each adds `probability` in all.
  void AddEdits(double probability);
  // Returns how much it gave to slips.
  double AddSlips(double probability);
  void AddMoves(double probability, const Moves& on_the_way);
  void AddWandering(double probability);
  template <typename Weight>
  void ShareOut(double probability, const Moves& moves, const Weight& weight);
  void Add(const Action& action, double probability);
  // Sorts, merges and normalises.
  void FinishDistribution();

  const Game& game_;
  const int player_;
  const BuilderStyle style_;
  std::vector<Block> goal_kinds_;  // Placeable types in the goal.
  Navigator navigator_;
  IntentChooser chooser_;
  BuilderMemory memory_;
  std::optional<Intent> intent_;
  ActionDistribution distribution_;
  bool decided_ = false;  // distribution_ is that of the present timestep.
};

}  // namespace hod::env
