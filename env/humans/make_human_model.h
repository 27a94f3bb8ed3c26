// Human models by name.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/humans/human_model.h"

namespace hod::env {

// `name` is one of
//   heuristic  builds the goal as people do (heuristic_builder.h), in a style drawn from the seed;
//              refuses games with teleportation;
//   noop       never does anything;
//   random     any valid action, with equal probabilities.
// The model plays `player` in one episode of `game` (borrowed). An unknown name is an error that
// lists the names.
absl::StatusOr<std::unique_ptr<HumanModel>> MakeHumanModel(absl::string_view name, const Game& game,
                                                           int player, uint64_t seed);

}  // namespace hod::env
