// What a player sees, in the reference's layout (rules, Section 2).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "env/game/game.h"

namespace hod::env {

// Channels of a world observation, each [w][h][d].
enum ObservationChannel {
  kCurrentBlocks = 0,
  kCurrentStates = 1,  // Always 0.
  kGoalBlocks = 2,     // All 0 if the player's goal_visible is false.
  kGoalStates = 3,     // Always 0.
  kPlayerMarkers = 4,
  kLastInteracted = 5,
};
inline constexpr int kNumObservationChannels = 6;

// The tag player `viewer` uses for player `player`: 1 itself, 2, 3, ... the others in order.
inline int MarkerOf(int viewer, int player) {
  return player == viewer ? 1 : player < viewer ? player + 2 : player + 1;
}

// Player markers as seen by `viewer`: 0 nobody, else MarkerOf. `markers` is [volume], overwritten.
void PaintMarkers(const Game& game, const State& state, int viewer, absl::Span<uint8_t> markers);

// `out` is [6][w][h][d], overwritten.
void WorldObservation(const Game& game, const State& state, int viewer, absl::Span<uint8_t> out);

}  // namespace hod::env
