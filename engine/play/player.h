// Players of episodes that act by themselves: human models by name, and networks of the reference.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "env/game/game.h"
#include "env/humans/human_model.h"

namespace hod::engine {

// Makes what plays `player` in one episode of `game` (borrowed). May be called from any thread.
using PlayerFactory = std::function<absl::StatusOr<std::unique_ptr<env::HumanModel>>(
    const env::Game& game, int player, uint64_t seed)>;

inline constexpr char kPlayerSpecs[] =
    "heuristic, layers, lowest, mirror, noop, random, or FILE.safetensors of hod import-weights";

// `spec` is the name of a human model (env/humans/make_human_model.h), which only the factory
// checks, or a path that ends in .safetensors: a network of the reference, loaded once, that acts
// by its policy head.
absl::StatusOr<PlayerFactory> MakePlayerFactory(const std::string& spec);

}  // namespace hod::engine
