// The human's next action, the chance events of the tree.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "mcts/evaluator.h"
#include "mcts/tree.h"

namespace hod::mcts {

// Stores what `node` expects the human to do. Refuses an empty distribution, probabilities that are
// negative or not finite, and ids that are not ascending within [0, num_actions).
absl::Status StoreHumanPolicy(absl::Span<const LikelyAction> policy, int num_actions, Tree& tree,
                              Node& node);

// The action at `quantile`, in [0, 1), of the node's distribution: its index in the pool of humans.
// Uniform quantiles draw from the distribution.
int32_t HumanAtQuantile(const Tree& tree, const Node& node, double quantile);

// Probability of one entry of the pool of humans, which belongs to `node`.
double HumanProbability(const Tree& tree, const Node& node, int32_t human);

}  // namespace hod::mcts
