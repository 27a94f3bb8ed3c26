#include "engine/play/player_spec.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/play/human_file.h"
#include "engine/play/network_human.h"
#include "env/base/status.h"
#include "env/players/make_player.h"
#include "models/backends/network_evaluator.h"
#include "models/checkpoints/checkpoint.h"
#include "models/reference/network_player.h"
#include "models/reference/weights.h"

namespace hod::engine {
namespace {

using MadePlayer = absl::StatusOr<std::unique_ptr<env::Player>>;

absl::Status Named(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", std::string(status.message())));
}

absl::StatusOr<PlayerFactory> MakeReferenceFactory(const std::string& path) {
  ASSIGN_OR_RETURN(const models::ReferenceWeights weights, models::LoadReference(path));
  const auto network = std::make_shared<const models::ReferenceNetwork>(weights);
  return [path, network](const env::Game& game, int player, uint64_t) -> MadePlayer {
    auto made = models::NetworkPlayer::Create(network, game, player);
    if (made.ok()) return *std::move(made);
    return Named(path, made.status());
  };
}

// A network of Hod's that sees the goal. With `file` it searches as that says.
absl::StatusOr<PlayerFactory> MakeNetworkFactory(const std::string& path,
                                                 const std::optional<HumanFile>& file) {
  ASSIGN_OR_RETURN(const models::NetworkFile loaded, models::LoadNetwork(path));
  const models::NetworkConfig config = loaded.network.config;
  if (!config.goal_visible) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": its network does not see the goal, expected that of a human"));
  }
  const auto evaluator = std::make_shared<models::NetworkEvaluator>(loaded.network);
  return [path, config, evaluator, file](const env::Game& game, int player,
                                         uint64_t seed) -> MadePlayer {
    if (!game.config().players[player].goal_visible) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": its network sees the goal, which player ", player, " may not see"));
    }
    if (!game.config().abilities.inf_blocks && !config.inventories) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": its network does not see inventories, but blocks are finite"));
    }
    Rng rng(seed);
    if (!file) return std::make_unique<NetworkHuman>(evaluator, game, player, std::nullopt, rng());
    mcts::SearchOptions search = file->search;
    if (file->c_puct_per == DrawPer::kEpisode) {
      search.c_puct = {search.c_puct[rng.Below(static_cast<int>(search.c_puct.size()))]};
    }
    return std::make_unique<NetworkHuman>(evaluator, game, player, search, rng());
  };
}

std::string Resolved(const std::string& path, const std::string& participant) {
  return absl::StrReplaceAll(path, {{"{participant}", participant}});
}

absl::StatusOr<PlayerFactory> MakeMixtureFactory(const std::string& path, const HumanFile& file,
                                                 const std::string& participant) {
  std::vector<PlayerFactory> humans;
  for (const std::string& spec : file.humans) {
    if (absl::EndsWith(spec, ".toml")) {  // Or a file could name itself.
      const absl::StatusOr<HumanFile> member = LoadHumanFile(Resolved(spec, participant));
      if (!member.ok()) return member.status();
      if (!member->humans.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ": humans: ", spec, " is a mixture, expected other humans"));
      }
    }
    ASSIGN_OR_RETURN(PlayerFactory human, MakePlayerFactory(spec, participant));
    humans.push_back(std::move(human));
  }
  return [humans, weights = file.weights](const env::Game& game, int player,
                                          uint64_t seed) -> MadePlayer {
    Rng rng(seed);
    double left = 0;
    for (const double weight : weights) left += weight;
    left *= rng.Uniform();
    size_t drawn = 0;
    while (drawn + 1 < humans.size() && left >= weights[drawn]) left -= weights[drawn++];
    return humans[drawn](game, player, rng());
  };
}

}  // namespace

absl::StatusOr<PlayerFactory> MakePlayerFactory(const std::string& spec,
                                                const std::string& participant) {
  const std::string path = Resolved(spec, participant);
  if (absl::EndsWith(path, ".toml")) {
    ASSIGN_OR_RETURN(HumanFile file, LoadHumanFile(path));
    if (!file.humans.empty()) return MakeMixtureFactory(path, file, participant);
    return MakeNetworkFactory(Resolved(file.network, participant), file);
  }
  if (!absl::EndsWith(path, ".safetensors")) {
    return [spec](const env::Game& game, int player, uint64_t seed) {
      return env::MakePlayer(spec, game, player, seed);
    };
  }
  const absl::StatusOr<bool> of_the_reference = models::IsReferenceFile(path);
  if (!of_the_reference.ok()) return of_the_reference.status();
  return *of_the_reference ? MakeReferenceFactory(path) : MakeNetworkFactory(path, std::nullopt);
}

}  // namespace hod::engine
