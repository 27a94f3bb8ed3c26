#include "env/game/observation.h"

#include <algorithm>

namespace hod::env {

void PaintMarkers(const Game& game, const State& state, int viewer, absl::Span<uint8_t> markers) {
  std::fill(markers.begin(), markers.end(), 0);
  if (game.config().abilities.teleportation) return;
  const WorldSize& size = game.size();
  const auto paint = [&](int player) {
    const Cell feet = state.players[player].feet;
    const auto marker = static_cast<uint8_t>(MarkerOf(viewer, player));
    markers[size.Index(feet)] = marker;
    if (feet.y + 1 < size.h) markers[size.Index(feet + Cell{0, 1, 0})] = marker;
  };
  for (int p = 0; p < game.num_players(); ++p) {
    if (p != viewer) paint(p);
  }
  paint(viewer);  // Last: where bodies overlap, a player sees itself.
}

void WorldObservation(const Game& game, const State& state, int viewer, absl::Span<uint8_t> out) {
  const size_t volume = game.goal().size();
  const auto channel = [&](int c) { return out.subspan(c * volume, volume); };
  const auto clear = [&](int c) { std::fill(channel(c).begin(), channel(c).end(), 0); };
  std::copy(state.blocks.begin(), state.blocks.end(), channel(kCurrentBlocks).begin());
  clear(kCurrentStates);
  if (game.config().players[viewer].goal_visible) {
    std::copy(game.goal().begin(), game.goal().end(), channel(kGoalBlocks).begin());
  } else {
    clear(kGoalBlocks);
  }
  clear(kGoalStates);
  PaintMarkers(game, state, viewer, channel(kPlayerMarkers));
  // MarkerOf() in bytes and without branches, so that the compiler makes vectors of it.
  uint8_t* interacted = channel(kLastInteracted).data();
  const int8_t* last_interacted = state.last_interacted.data();
  const auto own = static_cast<uint8_t>(viewer + 1);
  for (size_t i = 0; i < volume; ++i) {
    const auto player = static_cast<uint8_t>(last_interacted[i] + 1);  // 0: nobody.
    const auto other = static_cast<uint8_t>(player < own ? player + 1 : player);
    const uint8_t anybody = player == own ? 1 : other;
    interacted[i] = player == 0 ? 0 : anybody;
  }
}

}  // namespace hod::env
