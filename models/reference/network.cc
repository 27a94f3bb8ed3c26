#include "models/reference/network.h"

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "models/network/torch_library.h"

namespace hod::models {

absl::Status CheckGame(const ReferenceConfig& config, const env::Game& game, int player) {
  const auto text = [](const env::WorldSize& s) { return absl::StrCat(s.w, "x", s.h, "x", s.d); };
  const env::WorldSize& size = game.size();
  if (config.IsTransformer() && size != config.world_size) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the world is ", text(size), ", expected the network's ", text(config.world_size)));
  }
  const int most = config.mask_other_players ? kNumPlayerMarkers - 1 : config.num_inventories;
  if (game.num_players() > most) {
    return absl::InvalidArgumentError(absl::StrCat("the game has ", game.num_players(),
                                                   " players, expected at most ", most,
                                                   " for this network"));
  }
  if (!config.mask_goal && !game.config().players[player].goal_visible) {
    return absl::InvalidArgumentError(
        absl::StrCat("the network sees the goal, but goal_visible of "
                     "player ",
                     player, " is false"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const ReferenceNetwork>> MakeReferenceNetwork(
    const ReferenceWeights& weights) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->make_reference_network(weights);
}

}  // namespace hod::models
