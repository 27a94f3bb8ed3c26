// What every evaluator by a network refuses.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "mcts/evaluator.h"
#include "models/network/network.h"

namespace hod::models {

// Refuses positions that differ in size or actions, another number of evaluations, and games with
// finite blocks if the network does not see inventories.
absl::Status CheckPositions(const NetworkConfig& config, absl::Span<const mcts::Position> positions,
                            size_t evaluations);

// Refuses what is not finite.
absl::Status CheckFinite(const mcts::Evaluation& evaluation);

}  // namespace hod::models
