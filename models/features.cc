#include "models/features.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace hod::models {
namespace {

// exp(-age / scale), tabulated: most of the cost of encoding would be exponentials. Ages beyond the
// table give 0, an error below 1e-6 for the scales in use.
template <int kScale>
float Recency(int age) {
  static const auto table = [] {
    std::array<float, 14 * kScale> values;
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(std::exp(-static_cast<double>(i) / kScale));
    }
    return values;
  }();
  return age < static_cast<int>(table.size()) ? table[age] : 0.0f;
}

void PaintInventory(const env::Inventory& inventory, size_t volume, float* planes) {
  const env::Inventory::Counts counts = inventory.CountAll();
  for (int block = 0; block < env::kNumBlocks; ++block) {
    if (counts[block] == 0) continue;
    const float share = static_cast<float>(counts[block]) / env::Inventory::kStack;
    float* const plane = planes + block * volume;
    for (size_t i = 0; i < volume; ++i) plane[i] += share;
  }
}

}  // namespace

void EncodeFeatures(const mcts::Position& position, bool inventories, absl::Span<float> planes) {
  const env::Game& game = *position.game;
  const env::State& state = *position.state;
  const env::WorldSize& size = game.size();
  const size_t volume = state.blocks.size();
  const auto plane = [&](int index) { return planes.data() + index * volume; };
  std::fill(planes.begin(), planes.end(), 0.0f);

  for (size_t i = 0; i < volume; ++i) {
    plane(kBlockPlane + state.blocks[i])[i] = 1.0f;
    const int editor = state.last_interacted[i];
    if (editor == env::kNobody) continue;
    const bool self = editor == position.player;
    plane(self ? kSelfEditPlane : kOthersEditPlane)[i] = 1.0f;
    if (!self && state.blocks[i] != env::kAir) plane(kBuiltPlane + state.blocks[i])[i] = 1.0f;
    if (state.interacted_at[i] == env::kNever) continue;
    const int age = std::max(0, state.timestep - state.interacted_at[i]);
    const int recent = self ? kSelfRecentPlane : kOthersRecentPlane;
    plane(recent)[i] = Recency<4>(age);
    plane(recent + 1)[i] = Recency<32>(age);
  }

  for (int p = 0; p < game.num_players(); ++p) {
    if (p == position.player) continue;
    for (size_t i = 0; i < volume; ++i) {
      const env::BlockSet broken = state.broken[p * volume + i];
      for (int b = 0; broken >> b != 0; ++b) {
        if (broken >> b & 1) plane(kRejectedPlane + b)[i] = 1.0f;
      }
    }
  }

  if (!game.config().abilities.teleportation) {
    for (int p = 0; p < game.num_players(); ++p) {
      float* const bodies = plane(p == position.player ? kSelfPlane : kOthersPlane);
      const env::Cell feet = state.players[p].feet;
      bodies[size.Index(feet)] = 1.0f;
      if (feet.y + 1 < size.h) bodies[size.Index(feet + env::Cell{0, 1, 0})] = 1.0f;
    }
  }

  float* xs = plane(kPositionPlane);
  float* ys = plane(kPositionPlane + 1);
  float* zs = plane(kPositionPlane + 2);
  for (int x = 0; x < size.w; ++x) {
    for (int y = 0; y < size.h; ++y) {
      for (int z = 0; z < size.d; ++z) {
        *xs++ = static_cast<float>(x) / static_cast<float>(size.w);
        *ys++ = static_cast<float>(y) / static_cast<float>(size.h);
        *zs++ = static_cast<float>(z) / static_cast<float>(size.d);
      }
    }
  }
  std::fill_n(plane(kTimePlane), volume, Recency<64>(state.timestep));
  std::fill_n(plane(kTimePlane + 1), volume, Recency<512>(state.timestep));
  std::fill_n(plane(kOnesPlane), volume, 1.0f);

  if (!inventories || game.config().abilities.inf_blocks) return;
  for (int p = 0; p < game.num_players(); ++p) {
    PaintInventory(state.players[p].inventory, volume,
                   plane(p == position.player ? kSelfInventoryPlane : kOthersInventoryPlane));
  }
}

}  // namespace hod::models
