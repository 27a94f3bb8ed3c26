// Players by name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "env/game/game.h"
#include "env/players/player.h"

namespace hod::env {

struct NamedPlayer {
  const char* name;
  const char* description;  // Says in a line what it does.
  bool walks;               // So it needs a game with bodies.
  std::unique_ptr<Player> (*make)(const Game& game, int player, uint64_t seed);
};

// All of them. Help texts and documentation are made from this; MakePlayer() also checks the game.
absl::Span<const NamedPlayer> NamedPlayers();

// Makes what plays `player` in one episode of `game` (borrowed). Refused: a name that is not known,
// with all that are; a player that the game has not; and a game with teleportation for players that
// walk.
absl::StatusOr<std::unique_ptr<Player>> MakePlayer(absl::string_view name, const Game& game,
                                                   int player, uint64_t seed);

// The player "heuristic" in a style with these traits (SetTraits()); the others are drawn from the
// seed.
absl::StatusOr<std::unique_ptr<Player>> MakeHeuristicBuilder(const std::vector<std::string>& traits,
                                                             const Game& game, int player,
                                                             uint64_t seed);

}  // namespace hod::env
