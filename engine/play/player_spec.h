// Players of episodes that act by themselves: human models by name, and networks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "env/game/game.h"
#include "env/players/player.h"

namespace hod::engine {

// Makes what plays `player` in one episode of `game` (borrowed). May be called from any thread.
using PlayerFactory = std::function<absl::StatusOr<std::unique_ptr<env::Player>>(
    const env::Game& game, int player, uint64_t seed)>;

inline constexpr char kPlayerSpecs[] =
    "heuristic, layers, lowest, mirror, noop, random; FILE.safetensors of hod weights import or of "
    "a "
    "network that sees the goal; or a human file FILE.toml";

// `spec` is
//   the name of a human model (env/players/make_player.h), which only the factory checks;
//   FILE.safetensors  a network, loaded once, that acts by its policy: of the reference, or a
//                     checkpoint of one of Hod's that sees the goal;
//   FILE.toml         a human file (human_file.h).
// In paths, also those in human files, "{participant}" stands for `participant`: for networks that
// have not learnt from the person they are judged by. Errors name the file.
absl::StatusOr<PlayerFactory> MakePlayerFactory(const std::string& spec,
                                                const std::string& participant = "");

}  // namespace hod::engine
