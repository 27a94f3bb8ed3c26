#include "models/reference/network_player.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "env/game/action_mask.h"

namespace hod::models {

absl::StatusOr<std::unique_ptr<NetworkPlayer>> NetworkPlayer::Create(
    std::shared_ptr<const ReferenceNetwork> network, const env::Game& game, int player) {
  if (absl::Status s = network->CheckGame(game, player); !s.ok()) return s;
  return std::unique_ptr<NetworkPlayer>(new NetworkPlayer(std::move(network), game, player));
}

const env::ActionDistribution& NetworkPlayer::NextAction(const env::State& state) {
  if (decided_) return distribution_;
  decided_ = true;
  const ReferenceInput input = {ObservationOf(game_, state, player_), &memory_};
  if (status_.ok()) {
    status_ = network_->Step({&input, 1}, game_.actions(), absl::MakeSpan(&output_, 1));
  }
  if (!status_.ok()) {
    distribution_ = {{0, 1.0f}};
    return distribution_;
  }
  env::ValidActions(game_, state, player_, network_->config().line_of_sight, valid_);
  float most = -std::numeric_limits<float>::infinity();
  for (const int32_t id : valid_) most = std::max(most, output_.policy[id]);
  float total = 0;
  distribution_.clear();
  for (const int32_t id : valid_) {
    const float weight = std::exp(output_.policy[id] - most);
    if (weight == 0) continue;
    distribution_.emplace_back(id, weight);
    total += weight;
  }
  for (auto& [id, probability] : distribution_) probability /= total;
  return distribution_;
}

void NetworkPlayer::Observe(const env::State& before, int32_t) {
  NextAction(before);  // Where the caller did not ask, the memory has to move on all the same.
  memory_.swap(output_.memory);
  decided_ = false;
}

}  // namespace hod::models
