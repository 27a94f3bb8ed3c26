#include "models/network/features.h"

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

// The newest of a player's blocks that stand.
struct NewestBlock {
  int placed_at = env::kNever;
  env::Block block = env::kAir;

  void Meet(int at, env::Block standing) {
    if (standing != env::kAir && at > placed_at) *this = {at, standing};
  }
};

// What a player who sees the goal knows of it.
void EncodeGoal(const mcts::Position& position, float* wanted, float* wrong, float* place_now,
                float* break_now) {
  const std::vector<env::Block>&goal = position.game->goal(), &blocks = position.state->blocks;
  for (size_t i = 0; i < goal.size(); ++i) {
    wanted[goal[i] * goal.size() + i] = 1.0f;
    wrong[i] = blocks[i] != goal[i] ? 1.0f : 0.0f;
  }
  position.game->actions().ForEach(position.valid_actions, [&](size_t, const env::Action& action) {
    const int at = action.location;
    if (action.type == env::ActionType::kPlace) {
      if (action.block == goal[at]) place_now[at] = 1.0f;
    } else if (action.type == env::ActionType::kBreak) {
      if (blocks[at] != goal[at]) break_now[at] = 1.0f;
    }
  });
}

}  // namespace

void EncodeFeatures(const NetworkConfig& config, const mcts::Position& position,
                    absl::Span<float> planes, absl::Span<float> globals) {
  const env::Game& game = *position.game;
  const env::State& state = *position.state;
  const env::WorldSize& size = game.size();
  const size_t volume = state.blocks.size();
  const auto plane = [&](int index) { return planes.data() + index * volume; };
  std::fill(planes.begin(), planes.end(), 0.0f);
  std::fill(globals.begin(), globals.end(), 0.0f);

  NewestBlock newest[2];  // The others', the player's.
  for (size_t i = 0; i < volume; ++i) {
    plane(kBlockPlane + state.blocks[i])[i] = 1.0f;
    const int editor = state.last_interacted[i];
    if (editor == env::kNobody) continue;
    const bool self = editor == position.player;
    plane(self ? kSelfEditPlane : kOthersEditPlane)[i] = 1.0f;
    if (!self && state.blocks[i] != env::kAir) plane(kBuiltPlane + state.blocks[i])[i] = 1.0f;
    if (state.interacted_at[i] == env::kNever) continue;
    newest[self].Meet(state.interacted_at[i], state.blocks[i]);
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
  std::fill_n(plane(kOnesPlane), volume, 1.0f);
  if (config.goal_visible) {
    EncodeGoal(position, plane(kWantedPlane), plane(kWrongPlane), plane(kPlaceNowPlane),
               plane(kBreakNowPlane));
  }

  globals[kTimeGlobal] = Recency<64>(state.timestep);
  globals[kTimeGlobal + 1] = Recency<512>(state.timestep);
  for (const bool self : {false, true}) {
    if (newest[self].placed_at == env::kNever) continue;
    globals[(self ? kSelfNewestGlobal : kOthersNewestGlobal) + newest[self].block] = 1.0f;
  }
  for (int p = 0; p < game.num_players(); ++p) {
    const bool self = p == position.player;
    const env::PlayerState& player = state.players[p];
    globals[(self ? kSelfLastGlobal : kOthersLastGlobal) + env::ChannelOf(player.last_action)] += 1;
    if (!config.inventories || game.config().abilities.inf_blocks) continue;
    const env::Inventory::Counts counts = player.inventory.CountAll();
    for (int block = 0; block < env::kNumBlocks; ++block) {
      globals[(self ? kSelfInventoryGlobal : kOthersInventoryGlobal) + block] +=
          static_cast<float>(counts[block]) / env::Inventory::kStack;
    }
  }
}

}  // namespace hod::models
