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
  // MarkerOf() without branches: 0 for nobody (-1), 1 for the viewer, 2 and up for others.
  const absl::Span<uint8_t> interacted = channel(kLastInteracted);
  for (size_t i = 0; i < volume; ++i) {
    const int player = state.last_interacted[i];
    interacted[i] = static_cast<uint8_t>(
        player == viewer ? 1 : player + 1 + (player < viewer) - (player == kNobody));
  }
}

}  // namespace hod::env
