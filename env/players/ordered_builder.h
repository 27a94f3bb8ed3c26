// Builders that follow one simple rule, without tastes, pauses or slips: baselines for the
// heuristic builder and for models learnt from people. They walk as it does, and what they intend
// is certain: every distribution has one action.
#pragma once

#include <optional>
#include <vector>

#include "env/players/navigation.h"
#include "env/players/planner.h"
#include "env/players/player.h"
#include "env/players/work_list.h"

namespace hod::env {

class OrderedBuilder final : public Player {
 public:
  enum class Order {
    // Completes the lowest unfinished layer before the next, each in one sweep along x, to and fro
    // along z.
    kLayers,
    // Whatever is wrong lowest down, of that the nearest to the feet.
    kLowest,
    // Copies what is on one side of the world's middle plane in x to the other, in the order of
    // kLowest. A player that sees the goal first builds the half of it with low x and then its
    // mirror image. One that doesn't copies what other players have edited, where the other side
    // has not been touched by them.
    kMirror,
  };

  // `game` is borrowed and must have bodies (no teleportation). Deterministic in `seed`.
  OrderedBuilder(const Game& game, int player, Order order, uint64_t seed);

  const ActionDistribution& NextAction(const State& state) override;
  void Observe(const State& before, int32_t action) override;

 private:
  Action Decide(const State& state);
  // Makes `target_` what the mirror builder means to build, given what stands.
  void AimAtMirrorImage(const State& state);
  std::optional<Intent> Choose();
  // Locations in the order in which they are dealt with.
  bool ComesBefore(int a, int b) const;

  const Game& game_;
  const int player_;
  const Order order_;
  Game target_;  // The game with what is to be built as its goal.
  Navigator navigator_;
  WorkList work_;
  Planner planner_;
  Rng rng_;  // Draws steps aside where nothing can be done.
  std::optional<Intent> intent_;
  ActionDistribution distribution_;
  bool decided_ = false;  // distribution_ is that of the present timestep.
};

}  // namespace hod::env
