#include "env/game/observation.h"

#include <algorithm>

namespace hod::env {

namespace {

// Requires markers of 0.
void AddMarkers(const Game& game, const State& state, int viewer, absl::Span<uint8_t> markers) {
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

}  // namespace

void PaintMarkers(const Game& game, const State& state, int viewer, absl::Span<uint8_t> markers) {
  std::fill(markers.begin(), markers.end(), 0);
  AddMarkers(game, state, viewer, markers);
}

void WorldObservation(const Game& game, const State& state, int viewer, absl::Span<uint8_t> out) {
  const size_t volume = game.goal().size();
  const auto channel = [&](int c) { return out.subspan(c * volume, volume); };
  // Nearly all of what is between the first channel and the last is 0, and is cleared at once.
  const bool sees_goal = game.config().players[viewer].goal_visible;
  const auto clear = [&](int first, int last) {
    std::fill(channel(first).begin(), channel(last).end(), 0);
  };
  std::copy(state.blocks.begin(), state.blocks.end(), channel(kCurrentBlocks).begin());
  if (sees_goal) {
    clear(kCurrentStates, kCurrentStates);
    std::copy(game.goal().begin(), game.goal().end(), channel(kGoalBlocks).begin());
    clear(kGoalStates, kPlayerMarkers);
  } else {
    clear(kCurrentStates, kPlayerMarkers);
  }
  AddMarkers(game, state, viewer, channel(kPlayerMarkers));
  uint8_t* const interacted = channel(kLastInteracted).data();
  const int8_t* const last_interacted = state.last_interacted.data();
  if (viewer == 0) {  // Its markers are in the order of players.
    for (size_t i = 0; i < volume; ++i)
      interacted[i] = static_cast<uint8_t>(last_interacted[i] + 1);
    return;
  }
  // MarkerOf() in bytes and without branches, so that the compiler makes vectors of it.
  const auto self = static_cast<uint8_t>(viewer);
  for (size_t i = 0; i < volume; ++i) {
    const auto player = static_cast<uint8_t>(last_interacted[i]);  // 255: nobody.
    const uint8_t before = player < self ? 1 : 0;
    interacted[i] = static_cast<uint8_t>(player + 1 + before - (player == self ? self : 0));
  }
}

}  // namespace hod::env
