// Self-play as the engine runs it, in the paper's setting: many games, one network.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/play/timeline.h"
#include "mcts/evaluator.h"
#include "models/network/network.h"

namespace hod::benchmarks {

struct ManyGames {
  double seconds = 0;       // Wall time.
  int64_t evaluations = 0;  // Made in that time.
};

// A network of Hod.
std::unique_ptr<mcts::Evaluator> UntrainedNetwork(const models::NetworkConfig& config);

// Plays `games` games at once (11x10x10, 100 simulations) with `network` on `threads` threads until
// every game had `leaves_per_game` leaves evaluated. The clock starts when all games stand.
absl::StatusOr<ManyGames> PlayManyGames(mcts::Evaluator& network, int games, int threads,
                                        int leaves_per_game, engine::Timeline* timeline);

}  // namespace hod::benchmarks
