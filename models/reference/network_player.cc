#include "models/reference/network_player.h"

#include <utility>

#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "models/backends/decode.h"

namespace hod::models {

absl::StatusOr<std::unique_ptr<NetworkPlayer>> NetworkPlayer::Create(
    std::shared_ptr<const ReferenceNetwork> network, const env::Game& game, int player) {
  RETURN_IF_ERROR(network->CheckGame(game, player));
  return std::unique_ptr<NetworkPlayer>(new NetworkPlayer(std::move(network), game, player));
}

const env::ActionDistribution& NetworkPlayer::NextAction(const env::State& state) {
  if (decided_) return distribution_;
  decided_ = true;
  const ReferenceInput input = {ObservationOf(game_, state, player_), &memory_};
  if (status_.ok()) {
    status_ = network_->Step({&input, 1}, absl::MakeSpan(&output_, 1));
  }
  if (!status_.ok()) {
    distribution_ = {{0, 1.0f}};
    return distribution_;
  }
  env::ValidActions(game_, state, player_, network_->config().line_of_sight, valid_);
  ActionProbabilities(output_.policy, game_.actions(), valid_, probabilities_);
  distribution_.clear();
  for (size_t i = 0; i < valid_.size(); ++i) {
    if (probabilities_[i] > 0) distribution_.emplace_back(valid_[i], probabilities_[i]);
  }
  return distribution_;
}

void NetworkPlayer::Observe(const env::State& before, int32_t) {
  NextAction(before);  // Where the caller did not ask, the memory has to move on all the same.
  memory_.swap(output_.memory);
  decided_ = false;
}

}  // namespace hod::models
