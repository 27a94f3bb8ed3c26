#include "env/game/actions.h"

namespace hod::env {

int ChannelOf(const Action& action) {
  constexpr int kPlace = 1, kBreak = kPlace + kNumBlocks, kMoves = kBreak + 1, kGive = kMoves + 6;
  switch (action.type) {
    case ActionType::kNoop:
      return 0;
    case ActionType::kPlace:
      return kPlace + action.block;
    case ActionType::kBreak:
      return kBreak;
    case ActionType::kGive:
      return kGive + action.block;
    default:
      return kMoves + static_cast<int>(action.type) - static_cast<int>(ActionType::kMovePosX);
  }
}

ActionSpace::ActionSpace(const GameConfig& config) : volume_(config.size.Volume()) {
  int next = 0;
  for (int t = 0; t < kNumActionTypes; ++t) {
    begin_[t] = next;
    const auto type = static_cast<ActionType>(t);
    if (IsMove(type) && config.abilities.teleportation) continue;
    if (type == ActionType::kGive && config.abilities.inf_blocks) continue;
    next += (HasBlock(type) ? kNumBlocks : 1) * (HasLocation(type) ? volume_ : 1);
  }
  begin_[kNumActionTypes] = next;
}

ActionType ActionSpace::TypeOf(int id) const {
  int t = 0;
  while (id >= begin_[t + 1]) ++t;
  return static_cast<ActionType>(t);
}

Action ActionSpace::Unflatten(int id) const {
  const ActionType type = TypeOf(id);
  const int k = id - Begin(type);
  if (HasBlock(type)) return {type, k % volume_, static_cast<Block>(k / volume_)};
  if (HasLocation(type)) return {type, k, kAir};
  return {type, 0, kAir};
}

}  // namespace hod::env
