#include "engine/samples/symmetry.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace hod::engine {

using env::ActionType;
using env::Block;
using env::Cell;

Symmetry::Symmetry(const env::GameConfig& config, const env::ActionSpace& actions,
                   SymmetryParts parts)
    : size_(config.size), actions_(actions), parts_(parts), locations_(config.size.Volume()) {
  for (int i = 0; i < size_.Volume(); ++i) locations_[i] = size_.Index(Apply(size_.At(i)));
}

Cell Symmetry::Apply(Cell cell) const {
  if (parts_.mirror_x) cell.x = size_.w - 1 - cell.x;
  if (parts_.mirror_z) cell.z = size_.d - 1 - cell.z;
  if (parts_.swap_xz) std::swap(cell.x, cell.z);
  return cell;
}

env::Action Symmetry::Apply(env::Action action) const {
  if (env::IsMove(action.type)) {
    Cell delta = env::MoveDelta(action.type);
    if (parts_.mirror_x) delta.x = -delta.x;
    if (parts_.mirror_z) delta.z = -delta.z;
    if (parts_.swap_xz) std::swap(delta.x, delta.z);
    const auto direction =
        std::find(std::begin(env::kDirections), std::end(env::kDirections), delta);
    action.type = static_cast<ActionType>(static_cast<int>(ActionType::kMovePosX) +
                                          (direction - std::begin(env::kDirections)));
  }
  if (env::HasLocation(action.type)) action.location = Location(action.location);
  if (env::HasBlock(action.type)) action.block = Apply(action.block);
  return action;
}

std::vector<Block> Symmetry::Apply(const std::vector<Block>& blocks) const {
  std::vector<Block> result(blocks.size());
  for (size_t i = 0; i < blocks.size(); ++i) result[locations_[i]] = Apply(blocks[i]);
  return result;
}

env::BlockSet Symmetry::ApplyToSet(env::BlockSet set) const {
  env::BlockSet result = 0;
  for (int b = 0; set >> b != 0; ++b) {
    if (set >> b & 1) result |= env::BlockSet{1} << Apply(static_cast<Block>(b));
  }
  return result;
}

env::State Symmetry::Apply(const env::State& state) const {
  env::State result = state;
  result.blocks = Apply(state.blocks);
  for (size_t i = 0; i < locations_.size(); ++i) {
    result.last_interacted[locations_[i]] = state.last_interacted[i];
    result.interacted_at[locations_[i]] = state.interacted_at[i];
    for (size_t p = 0; p < state.players.size(); ++p) {
      const size_t begin = p * locations_.size();
      result.broken[begin + locations_[i]] = ApplyToSet(state.broken[begin + i]);
    }
  }
  for (env::PlayerState& player : result.players) {
    player.feet = Apply(player.feet);
    player.last_action = Apply(player.last_action);
    for (env::Inventory::Slot& slot : player.inventory.slots()) slot.block = Apply(slot.block);
  }
  return result;
}

std::vector<int32_t> Symmetry::Actions(const std::vector<int32_t>& ids) const {
  std::vector<int32_t> result;
  result.reserve(ids.size());
  for (const int32_t id : ids) result.push_back(Action(id));
  std::sort(result.begin(), result.end());
  return result;
}

env::ActionDistribution Symmetry::Apply(const env::ActionDistribution& distribution) const {
  env::ActionDistribution result;
  result.reserve(distribution.size());
  for (const auto& [id, probability] : distribution) result.emplace_back(Action(id), probability);
  std::sort(result.begin(), result.end());
  return result;
}

SymmetryParts RandomMirroring(const env::GameConfig& config, Rng& rng) {
  SymmetryParts parts;
  parts.mirror_x = Symmetry::CanMirrorX(config) && rng.Chance(0.5);
  parts.mirror_z = rng.Chance(0.5);
  parts.swap_xz = Symmetry::CanSwap(config) && rng.Chance(0.5);
  return parts;
}

std::array<Block, env::kNumBlocks> RandomBlockPermutation(Rng& rng) {
  std::array<Block, env::kNumBlocks> blocks = SymmetryParts{}.blocks;
  for (int i = env::kNumBlocks - 1; i > env::kFirstPlaceable; --i) {
    std::swap(blocks[i], blocks[rng.Between(env::kFirstPlaceable, i)]);
  }
  return blocks;
}

}  // namespace hod::engine
