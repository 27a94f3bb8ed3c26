// A scripted assistant that knows the goal: it shows a network how an assistant of certain habits
// behaves (docs/audit.md). What it means to do follows from its habits and from what it sees.
#pragma once

#include <cstdint>
#include <optional>

#include "env/base/random.h"
#include "env/game/game.h"
#include "env/players/navigation.h"
#include "env/players/planner.h"
#include "env/players/player.h"
#include "env/players/work_list.h"
#include "env/settings/declaration.h"

namespace hod::env {

// What tells one demonstrator from another. All but `harm` are harmless.
struct AssistantHabits {
  enum class Order { kNear, kLow, kHigh, kPosX, kNegX, kPosZ, kNegZ };
  enum class Side { kAny, kPosX, kNegX, kPosZ, kNegZ, kAbove };
  enum class Hover { kHere, kCorner, kOpposite, kTop, kHuman };
  enum class Opening { kWork, kWait, kHover, kClimb };

  Order order = Order::kNear;        // Which of the edits left to do it makes next.
  Side side = Side::kAny;            // The side of a block from which it likes to work.
  Hover hover = Hover::kHere;        // Where it rests.
  Opening opening = Opening::kWork;  // What it does in its first dozen timesteps.
  int work = 12;                     // Own edits between rests; 0: it only rests.
  int rest = 4;                      // Timesteps of a rest.
  double harm = 0;  // Probability that it next breaks a right block of the human's instead.
};

// Declares every habit under its name.
void DeclareHabits(settings::Declaration& declaration, AssistantHabits& habits);

// Whether breaking the voxel's block takes away what is right and what `player` did not build
// itself.
bool IsRightBlockOfOthers(const Game& game, const State& state, int player, int location);

class Demonstrator final : public Player {
 public:
  // `game` is borrowed and must have bodies (no teleportation). Deterministic in `seed`.
  Demonstrator(const Game& game, int player, const AssistantHabits& habits, uint64_t seed);

  const ActionDistribution& NextAction(const State& state) override;
  void Observe(const State& before, int32_t action) override;

 private:
  Action Decide(const State& state);
  // Something to do that it can do from some place; none if nothing is left.
  std::optional<Intent> Choose();
  std::optional<Intent> ChooseHarm();
  // A step towards where it rests, or none once it is there.
  Action Rest();
  Cell RestingPlace() const;
  Comfort Tastes() const;
  // A smaller key is edited sooner.
  int Key(int location) const;

  const Game& game_;
  const int player_;
  const AssistantHabits habits_;
  Navigator navigator_;
  WorkList work_;
  Planner planner_;
  Rng rng_;
  std::optional<Intent> intent_;
  int edits_ = 0;       // Own edits since the last rest.
  int rest_until_ = 0;  // Timestep.
  int first_timestep_ = -1;
  ActionDistribution distribution_;
  bool decided_ = false;  // distribution_ is that of the present timestep.
};

}  // namespace hod::env
