#include "engine/play/player.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "env/humans/make_human_model.h"
#include "models/reference/network_player.h"
#include "models/reference/weights.h"

namespace hod::engine {

absl::StatusOr<PlayerFactory> MakePlayerFactory(const std::string& spec) {
  if (!absl::EndsWith(spec, ".safetensors")) {
    return [spec](const env::Game& game, int player, uint64_t seed) {
      return env::MakeHumanModel(spec, game, player, seed);
    };
  }
  const absl::StatusOr<models::ReferenceWeights> weights = models::LoadReference(spec);
  if (!weights.ok()) return weights.status();
  const auto network = std::make_shared<const models::ReferenceNetwork>(*weights);
  return [spec, network](const env::Game& game, int player,
                         uint64_t) -> absl::StatusOr<std::unique_ptr<env::HumanModel>> {
    auto made = models::NetworkPlayer::Create(network, game, player);
    if (made.ok()) return *std::move(made);
    return absl::Status(made.status().code(),
                        absl::StrCat(spec, ": ", std::string(made.status().message())));
  };
}

}  // namespace hod::engine
