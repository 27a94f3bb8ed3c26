#include "models/backends/evaluation_checks.h"

#include <Eigen/Core>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace hod::models {

absl::Status CheckPositions(const NetworkConfig& config, absl::Span<const mcts::Position> positions,
                            size_t evaluations) {
  if (positions.size() != evaluations) {
    return absl::InvalidArgumentError(
        absl::StrCat(positions.size(), " positions but ", evaluations, " evaluations"));
  }
  for (const mcts::Position& position : positions) {
    const env::Game& first = *positions.front().game;
    if (position.game->size() != first.size() ||
        position.game->actions().num_actions() != first.actions().num_actions()) {
      return absl::InvalidArgumentError("positions of one batch differ in size or actions");
    }
    if (!position.game->config().abilities.inf_blocks && !config.inventories) {
      return absl::InvalidArgumentError(
          "the game has finite blocks, but the network does not see inventories");
    }
  }
  return absl::OkStatus();
}

// One logit that is not finite leaves no probability of its distribution a number, and a sum is
// finite only if all terms are.
absl::Status CheckFinite(const mcts::Evaluation& evaluation) {
  const Eigen::Map<const Eigen::ArrayXf> goal(
      evaluation.goal_logits.data(), static_cast<Eigen::Index>(evaluation.goal_logits.size()));
  const bool finite = std::isfinite(evaluation.value) && std::isfinite(goal.sum()) &&
                      (evaluation.policy.empty() || std::isfinite(evaluation.policy.front())) &&
                      (evaluation.human_policy.empty() ||
                       std::isfinite(evaluation.human_policy.front().probability));
  if (finite) return absl::OkStatus();
  return absl::InternalError("the network's prediction is not finite");
}

}  // namespace hod::models
