// Networks of the reference as players: they act by their policy head alone, without search.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/players/player.h"
#include "models/reference/network.h"

namespace hod::models {

// The policy over the valid actions, with line of sight if the network was trained so. Human or
// assistant, by what the network sees.
class NetworkPlayer final : public env::Player {
 public:
  // For one episode of `game` (borrowed). Refuses games as ReferenceNetwork::CheckGame() does.
  static absl::StatusOr<std::unique_ptr<NetworkPlayer>> Create(
      std::shared_ptr<const ReferenceNetwork> network, const env::Game& game, int player);

  // After an error of the network (its prediction is not finite), noops; the error is status().
  const env::ActionDistribution& NextAction(const env::State& state) override;
  void Observe(const env::State& before, int32_t action) override;

  absl::Status status() const override { return status_; }

 private:
  NetworkPlayer(std::shared_ptr<const ReferenceNetwork> network, const env::Game& game, int player)
      : network_(std::move(network)), game_(game), player_(player) {}

  std::shared_ptr<const ReferenceNetwork> network_;
  const env::Game& game_;
  const int player_;
  ReferenceMemory memory_;
  ReferenceOutput output_;
  bool decided_ = false;  // Whether output_ and distribution_ are of the present state.
  env::ActionDistribution distribution_;
  std::vector<int32_t> valid_;
  std::vector<float> probabilities_;
  absl::Status status_;
};

}  // namespace hod::models
