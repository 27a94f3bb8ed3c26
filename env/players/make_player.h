// Human models by name.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/game/game.h"
#include "env/players/player.h"

namespace hod::env {

inline constexpr char kPlayerNames[] = "heuristic, layers, lowest, mirror, noop or random";

// `name` is one of
//   heuristic  builds the goal as people do (heuristic_builder.h), in a style drawn from the seed;
//   layers     builds the goal layer by layer, in a fixed order (ordered_builder.h);
//   lowest     always the lowest block that is wrong, of these the nearest;
//   mirror     builds one half of the goal, then its mirror image; where it does not see the goal,
//              copies what others build to the other side of the world;
//   noop       never does anything;
//   random     any valid action, with equal probabilities.
// The first four walk and refuse games with teleportation.
// The model plays `player` in one episode of `game` (borrowed). An unknown name is an error that
// lists the names.
absl::StatusOr<std::unique_ptr<Player>> MakePlayer(absl::string_view name, const Game& game,
                                                   int player, uint64_t seed);

}  // namespace hod::env
