// Actions, and their flat ids: the order in which networks and masks number them (rules, Section
// 2).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "env/game/blocks.h"
#include "env/game/config.h"

namespace hod::env {

enum class ActionType : uint8_t {
  kNoop = 0,
  kPlace = 1,
  kBreak = 2,
  kMovePosX = 3,
  kMoveNegX = 4,
  kMovePosY = 5,
  kMoveNegY = 6,
  kMovePosZ = 7,
  kMoveNegZ = 8,
  kGive = 9,
};
inline constexpr int kNumActionTypes = 10;

// Network channels, one map over the world each: noop, place of each block, break, six moves, give
// of each block.
inline constexpr int kNumActionChannels = 28;

constexpr bool IsMove(ActionType t) {
  return t >= ActionType::kMovePosX && t <= ActionType::kMoveNegZ;
}
// Unit vector of a move.
constexpr Cell MoveDelta(ActionType t) { return kDirections[static_cast<int>(t) - 3]; }
constexpr bool HasLocation(ActionType t) {
  return t == ActionType::kPlace || t == ActionType::kBreak || t == ActionType::kGive;
}
constexpr bool HasBlock(ActionType t) { return t == ActionType::kPlace || t == ActionType::kGive; }

// Unused fields are 0.
struct Action {
  ActionType type = ActionType::kNoop;
  int location = 0;  // WorldSize::Index of the target voxel.
  Block block = kAir;
  friend bool operator==(const Action&, const Action&) = default;
};

// The network channel of an action.
int ChannelOf(const Action& action);

// Numbers the actions a game's settings allow. Types without use (moves when teleporting, give with
// infinite blocks) take no ids.
class ActionSpace {
 public:
  explicit ActionSpace(const GameConfig& config);

  int num_actions() const { return begin_[kNumActionTypes]; }
  // Ids of a type: [Begin(type), End(type)), empty for types without use.
  int Begin(ActionType t) const { return begin_[static_cast<int>(t)]; }
  int End(ActionType t) const { return begin_[static_cast<int>(t) + 1]; }
  bool Has(ActionType t) const { return Begin(t) < End(t); }

  // Requires Has(action.type), location and block in range.
  int Flatten(const Action& action) const {
    return Begin(action.type) + action.block * (HasBlock(action.type) ? volume_ : 0) +
           action.location;
  }
  // Requires 0 <= id < num_actions().
  ActionType TypeOf(int id) const;
  Action Unflatten(int id) const;

  int volume() const { return volume_; }

  // Calls `visit(index, Action)` for every id of an ascending list: Unflatten() without divisions.
  template <typename Ids, typename Visit>
  void ForEach(const Ids& ascending_ids, const Visit& visit) const {
    int type = 0, block = 0, base = 0;  // The run that starts at `base` has one type and block.
    int end = 1;
    for (size_t i = 0; i < ascending_ids.size(); ++i) {
      const int id = ascending_ids[i];
      while (id >= end) {
        if (end == begin_[type + 1]) {
          ++type;
          block = 0;
        } else {
          ++block;
        }
        base = end;
        const bool by_block = HasBlock(static_cast<ActionType>(type));
        end = by_block ? std::min(base + volume_, begin_[type + 1]) : begin_[type + 1];
      }
      visit(i, Action{static_cast<ActionType>(type), id - base, static_cast<Block>(block)});
    }
  }

 private:
  int volume_;
  std::array<int, kNumActionTypes + 1> begin_;
};

}  // namespace hod::env
