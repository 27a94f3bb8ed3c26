#include "engine/play/playable_network.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "models/backends/network_evaluator.h"
#include "models/checkpoints/checkpoint.h"
#include "models/reference/evaluator.h"
#include "models/reference/weights.h"

namespace hod::engine {
namespace {

absl::StatusOr<PlayableNetwork> LoadOfReference(const std::string& path) {
  ASSIGN_OR_RETURN(const models::ReferenceWeights weights, models::LoadReference(path));
  const auto network = std::make_shared<const models::ReferenceNetwork>(weights);
  const models::ReferenceConfig& config = network->config();
  return PlayableNetwork{.evaluator = std::make_shared<models::ReferenceEvaluator>(network),
                         .sees_goal = !config.mask_goal,
                         .predicts_others = config.predicts_others,
                         .line_of_sight = config.line_of_sight,
                         .remembers = config.NumLstms() > 0,
                         .Check = [path, network](const env::Game& game, int player) {
                           return Annotate(network->CheckGame(game, player), path);
                         }};
}

absl::Status CheckSeat(const models::NetworkConfig& config, const env::Game& game, int player) {
  const bool sees_goal = game.config().players[player].goal_visible;
  if (config.goal_visible && !sees_goal) {
    return absl::InvalidArgumentError(
        absl::StrCat("its network sees the goal, which player ", player, " may not see"));
  }
  if (!config.goal_visible && sees_goal) {
    return absl::InvalidArgumentError(
        "its network does not see the goal, expected that of a human");
  }
  if (!game.config().abilities.inf_blocks && !config.inventories) {
    return absl::InvalidArgumentError(
        "its network does not see inventories, but blocks are finite");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PlayableNetwork> LoadPlayableNetwork(const std::string& path,
                                                    const models::BackendOptions& backend) {
  ASSIGN_OR_RETURN(const bool of_the_reference, models::IsReferenceFile(path));
  if (of_the_reference) return LoadOfReference(path);
  ASSIGN_OR_RETURN(const models::NetworkFile file, models::LoadNetwork(path));
  const models::NetworkConfig config = file.network.config;
  ASSIGN_OR_RETURN(auto evaluator, models::NetworkEvaluator::Create(file.network, backend));
  return PlayableNetwork{.evaluator = std::move(evaluator),
                         .sees_goal = config.goal_visible,
                         .Check = [path, config](const env::Game& game, int player) {
                           return Annotate(CheckSeat(config, game, player), path);
                         }};
}

}  // namespace hod::engine
