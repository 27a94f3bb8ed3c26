#include "engine/play/player_spec.h"

#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "engine/play/human_file.h"
#include "engine/play/network_player.h"
#include "engine/play/playable_network.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"
#include "env/players/make_player.h"
#include "env/players/posterior_walker.h"

namespace hod::engine {
namespace {

using MadePlayer = absl::StatusOr<std::unique_ptr<env::Player>>;

// If there is a `file`, the network searches as it says.
absl::StatusOr<PlayerFactory> MakeNetworkFactory(const models::LoadedNetwork& loaded,
                                                 const std::optional<HumanFile>& file) {
  ASSIGN_OR_RETURN(const PlayableNetwork network, MakePlayable(loaded));
  if (file && !network.sees_goal) {
    return absl::InvalidArgumentError(
        absl::StrCat(loaded.path, ": its network does not see the goal, expected that of a human"));
  }
  if (file && !network.predicts_others) {
    return absl::InvalidArgumentError(
        absl::StrCat(loaded.path, ": does not predict others' actions, which a search needs"));
  }
  return [network, file](const env::Game& game, int player, uint64_t seed) -> MadePlayer {
    RETURN_IF_ERROR(network.Check(game, player));
    Rng rng(seed);
    std::optional<mcts::SearchOptions> search;
    if (file) {
      search = file->search;
      if (file->c_puct_per == DrawPer::kEpisode) {
        search->c_puct = {search->c_puct[rng.Below(static_cast<int>(search->c_puct.size()))]};
      }
    }
    return std::make_unique<NetworkPlayer>(network, game, player, std::move(search), rng());
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
      ASSIGN_OR_RETURN(const HumanFile member, LoadHumanFile(Resolved(spec, participant)));
      if (!member.humans.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ": humans: ", spec, " is a mixture, expected other humans"));
      }
    }
    ASSIGN_OR_RETURN(humans.emplace_back(), MakePlayerFactory(spec, participant));
  }
  return [humans, weights = file.weights](const env::Game& game, int player,
                                          uint64_t seed) -> MadePlayer {
    Rng rng(seed);
    const size_t drawn = WeightedIndex(weights, rng);
    return humans[drawn](game, player, rng());
  };
}

// All goals of a source in games of one world.
class KnownGoals {
 public:
  using Goals = std::shared_ptr<const std::vector<std::vector<env::Block>>>;

  explicit KnownGoals(std::string spec) : spec_(std::move(spec)) {}

  absl::StatusOr<Goals> For(const env::GameConfig& config) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (goals_ != nullptr && config.size == size_) return goals_;
    ASSIGN_OR_RETURN(const auto source, env::MakeGoalSource(spec_, config, /*seed=*/0));
    std::vector<std::vector<env::Block>> goals;
    for (env::Goal& goal : source->All()) goals.push_back(std::move(goal.blocks));
    if (goals.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("player \"", kPosteriorPrefix, spec_,
                       "\": expected a source with so many goals and no more"));
    }
    size_ = config.size;
    goals_ = std::make_shared<const std::vector<std::vector<env::Block>>>(std::move(goals));
    return goals_;
  }

 private:
  const std::string spec_;
  std::mutex mutex_;
  env::WorldSize size_{};
  Goals goals_;
};

PlayerFactory MakePosteriorFactory(const std::string& goals) {
  auto known = std::make_shared<KnownGoals>(goals);
  return [known](const env::Game& game, int player, uint64_t) -> MadePlayer {
    if (game.config().abilities.teleportation) {
      return absl::InvalidArgumentError(
          absl::StrCat("player \"", kPosteriorPrefix,
                       "GOALS\": abilities.teleportation is true, expected false: it walks"));
    }
    ASSIGN_OR_RETURN(KnownGoals::Goals all, known->For(game.config()));
    // It is as sure of what it does as a network's belief has to be.
    return std::make_unique<env::PosteriorWalker>(game, player, std::move(all),
                                                  EvaluationConfig().threshold);
  };
}

}  // namespace

std::vector<PlayerForm> PlayerForms() {
  std::vector<PlayerForm> forms;
  for (const env::NamedPlayer& player : env::NamedPlayers()) {
    forms.push_back({player.name, player.description});
  }
  forms.push_back({"posterior:GOALS",
                   "an assistant that knows all houses of a source and their places, weighs them "
                   "by what the human builds, and carries out what they agree on"});
  forms.push_back({"FILE.safetensors",
                   "a network that acts by its policy: a checkpoint, a clone of people, or a file "
                   "of hod weights import"});
  forms.push_back({"FILE.toml",
                   "a human file: a network that searches, the heuristic builder in a style, or a "
                   "mixture of humans"});
  return forms;
}

std::string PlayerSpecs() {
  return absl::StrJoin(PlayerForms(), ", ", [](std::string* out, const PlayerForm& form) {
    absl::StrAppend(out, form.spec);
  });
}

std::string DescribePlayers() {
  std::string table = "| player | what it does |\n|---|---|\n";
  for (const PlayerForm& form : PlayerForms()) {
    absl::StrAppend(&table, "| `", form.spec, "` | ", form.description, " |\n");
  }
  return table;
}

absl::StatusOr<PlayerFactory> MakePlayerFactory(const std::string& spec,
                                                const std::string& participant) {
  const std::string path = Resolved(spec, participant);
  if (absl::EndsWith(path, ".toml")) {
    ASSIGN_OR_RETURN(HumanFile file, LoadHumanFile(path));
    if (!file.humans.empty()) return MakeMixtureFactory(path, file, participant);
    if (!file.style.empty()) {
      return [traits = file.style](const env::Game& game, int player, uint64_t seed) {
        return env::MakeHeuristicBuilder(traits, game, player, seed);
      };
    }
    ASSIGN_OR_RETURN(const models::LoadedNetwork network,
                     models::OpenNetwork(Resolved(file.network, participant)));
    return MakeNetworkFactory(network, file);
  }
  if (absl::EndsWith(path, ".safetensors")) {
    ASSIGN_OR_RETURN(const models::LoadedNetwork network, models::OpenNetwork(path));
    return MakePlayerFactory(network);
  }
  absl::string_view goals = path;
  if (absl::ConsumePrefix(&goals, kPosteriorPrefix)) {
    return MakePosteriorFactory(std::string(goals));
  }
  return [spec](const env::Game& game, int player, uint64_t seed) {
    return env::MakePlayer(spec, game, player, seed);
  };
}

absl::StatusOr<PlayerFactory> MakePlayerFactory(const models::LoadedNetwork& network) {
  return MakeNetworkFactory(network, std::nullopt);
}

}  // namespace hod::engine
