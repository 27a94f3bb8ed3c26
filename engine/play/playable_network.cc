#include "engine/play/playable_network.h"

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "models/network/network.h"
#include "models/reference/network.h"

namespace hod::engine {
namespace {

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

absl::StatusOr<PlayableNetwork> MakePlayable(const models::LoadedNetwork& network,
                                             const models::BackendOptions& backend) {
  PlayableNetwork playable;
  ASSIGN_OR_RETURN(playable.evaluator, models::MakeEvaluator(network, backend));
  const std::string path = network.path;
  if (const auto* hod = std::get_if<models::Network>(&network.network)) {
    playable.sees_goal = hod->config.goal_visible;
    playable.Check = [path, config = hod->config](const env::Game& game, int player) {
      return Annotate(CheckSeat(config, game, player), path);
    };
  } else {
    const auto& config = std::get<models::ReferenceWeights>(network.network).config;
    playable.sees_goal = !config.mask_goal;
    playable.predicts_others = config.predicts_others;
    playable.line_of_sight = config.line_of_sight;
    playable.remembers = config.NumLstms() > 0;
    playable.Check = [path, config](const env::Game& game, int player) {
      return Annotate(models::CheckGame(config, game, player), path);
    };
  }
  return playable;
}

}  // namespace hod::engine
