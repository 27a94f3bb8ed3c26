// Where a player can be, what it can click from there, and how it gets there.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "env/game/game.h"

namespace hod::env {

inline int L1Distance(Cell a, Cell b) {
  return std::abs(a.x - b.x) + std::abs(a.y - b.y) + std::abs(a.z - b.z);
}

// The distance from the eye of a body with `feet` to the centre of a cell.
double EyeDistance(Cell feet, Cell cell);

// What a builder likes about the place it edits from. Discomforts are in moves.
struct Comfort {
  double eye_distance;         // Preferred distance from the eye to the centre of the target.
  double closeness;            // Discomfort per squared voxel off that distance.
  double height;               // Preferred y of the target minus y of the feet.
  double level;                // Discomfort per squared voxel off that height.
  std::optional<Cell> offset;  // Feet minus target at the last edit, y left out.
  double follow;               // Discomfort of another offset: people walk along with their work.

  double Discomfort(Cell feet, Cell target) const;
};

inline constexpr ActionType kMoves[] = {ActionType::kMovePosX, ActionType::kMoveNegX,
                                        ActionType::kMovePosY, ActionType::kMoveNegY,
                                        ActionType::kMovePosZ, ActionType::kMoveNegZ};
using Moves = absl::InlinedVector<ActionType, 6>;

class Navigator {
 public:
  Navigator(const Game& game, int player);

  // Sets the state that all other calls speak of; borrowed.
  void Look(const State& state) { state_ = &state; }
  const State& state() const { return *state_; }

  const WorldSize& size() const { return size_; }
  Cell feet() const { return state_->players[player_].feet; }
  // Whether another player's body fills the voxel, a head above the world included.
  bool OtherBodyAt(Cell cell) const;
  // Whether a block here would take another player its last way out of where it stands.
  bool WouldWallIn(Cell cell) const;
  // Whether the player could stand there.
  bool Fits(Cell feet) const;
  bool CanMove(ActionType move) const { return Fits(feet() + MoveDelta(move)); }
  // Whether a place or break is both in the action mask and possible by the rules from `feet`.
  bool CanEdit(const Action& edit, Cell feet) const;

  // Finds the place to edit from that costs the least moves and discomfort, among those the player
  // can walk to, and plans the way there. None if there is no such place.
  std::optional<Cell> GoWhereCanEdit(const Action& edit, const Comfort& comfort);
  // Plans the way to the nearest place, by moves, that `suits`. None if there is no such place.
  std::optional<Cell> GoWhere(absl::FunctionRef<bool(Cell feet)> suits);
  // Plans the way to a place; false if the player can't get there.
  bool GoTo(Cell end);
  // Moves that lead on along the planned way; none at its end and off it.
  Moves MovesOnTheWay() const;
  // Moves left from a place near the planned way to its end; -1 off the plan.
  int MovesLeft(Cell from) const;

  // Finds the cheapest way through blocks to a place within two voxels of `target`; returns the
  // first block that must be broken on it, or none if there is none. A block costs more each time
  // it is returned, lest somebody walled in goes back and forth, breaking one and replacing the
  // other.
  std::optional<Cell> FirstObstacle(Cell target);

  // The air voxel next to some block that is nearest to `target` through air: where a scaffold for
  // an unsupported target has to begin. None if there is none.
  std::optional<Cell> NearestSupport(Cell target);

  bool IsAir(Cell cell) const { return state_->blocks[size_.Index(cell)] == kAir; }
  // How many neighbours inside the world hold a block, and whether some holds none.
  int NumBlocksAround(Cell cell) const;
  bool TouchesAir(Cell cell) const;

 private:
  // Marks of a breadth-first search, valid while stamp == epoch.
  struct Mark {
    uint32_t epoch = 0;
    int32_t distance = 0;
  };

  // Calls `visit(feet, moves)` for every place that the player can walk to, the nearest first,
  // until it returns false.
  template <typename Visit>
  void ForEachPlace(const Visit& visit);

  const Game& game_;
  const WorldSize size_;
  const int player_;
  const State* state_ = nullptr;
  std::vector<Mark> seen_;  // [volume] scratch of the search at hand.
  std::vector<Mark> plan_;  // [volume] distance to the end of the planned way.
  uint32_t seen_epoch_ = 0, plan_epoch_ = 0;
  std::vector<Cell> queue_;
  std::vector<int> times_obstacle_;  // [volume] how often FirstObstacle() has returned the block.
};

}  // namespace hod::env
