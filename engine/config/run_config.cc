#include "engine/config/run_config.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/config/fields.h"
#include "env/base/files.h"
#include "env/base/status.h"
#include "env/game/roles.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"

namespace hod::engine {

RunConfig::RunConfig() {
  game.players[env::kHuman].goal_visible = true;
  game.players[env::kAssistant].goal_visible = false;
}

int RunConfig::NumWorkers() const {
  const bool plays = learner.algorithm == Algorithm::kAlphaZero && learner.samples == kSelfPlay;
  return plays ? selfplay.workers : 0;
}

env::GameConfig RunConfig::PlayedGame() const {
  env::GameConfig played = game;
  if (player == env::kHuman) played.players.resize(env::kHuman + 1);
  return played;
}

ThreadShares ThreadsOf(const RunConfig& config, int available) {
  ThreadShares shares = {config.learner.threads, config.selfplay.threads};
  if (shares.learner == 0) {
    shares.learner = std::max(1, available / (4 * config.learner.learners));
  }
  if (shares.selfplay == 0) {
    const int rest = std::max(1, available - config.learner.learners * shares.learner);
    const bool waits = config.backend.device == models::Device::kCuda;
    shares.selfplay = std::max(1, (waits ? 2 : 1) * rest / config.selfplay.workers);
  }
  return shares;
}

absl::StatusOr<RunConfig> LoadRunConfig(const std::string& path,
                                        const std::vector<std::string>& overrides) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ASSIGN_OR_RETURN(RunConfig config, ParseRunConfig(text, path));
  for (const std::string& assignment : overrides) {
    RETURN_IF_ERROR(Override(config, assignment));
  }
  return config;
}

absl::StatusOr<RunConfig> ParseRunConfig(const std::string& text, const std::string& source) {
  RunConfig config;
  settings::Declaration declaration = Declare(config);
  RETURN_IF_ERROR(settings::ReadToml(text, source, declaration));
  RETURN_IF_ERROR(Annotate(Complete(config), source));
  return config;
}

absl::Status Override(RunConfig& config, const std::string& assignment) {
  const std::string source = absl::StrCat("--set ", assignment);
  settings::Declaration declaration = Declare(config);
  RETURN_IF_ERROR(Annotate(settings::AssignText(declaration, assignment), source));
  return Annotate(Complete(config), source);
}

absl::Status Complete(RunConfig& config) {
  config.network.inventories = !config.game.abilities.inf_blocks;
  config.network.goal_visible = config.player == env::kHuman;
  config.search.use_goal_predictor = config.player != env::kHuman;
  RETURN_IF_ERROR(env::Validate(config.game));
  if (config.reuse_tree && config.search.selection == mcts::Selection::kGumbel) {
    return absl::InvalidArgumentError(
        "search.reuse_tree: expected false with search.selection = gumbel, whose halving counts on "
        "equal visits");
  }
  if (config.reuse_tree && config.look_back) {
    return absl::InvalidArgumentError(
        "search.reuse_tree: expected false with search.look_back, which changes what rewards count "
        "from move to move");
  }
  if (config.learner.algorithm == Algorithm::kPpo && config.player == env::kAssistant &&
      config.assistant != kSearch) {
    return absl::InvalidArgumentError(
        absl::StrCat("assistant: ", config.assistant,
                     ", expected none to be set with learner.algorithm = ppo, which plays the "
                     "policy it learns"));
  }
  if (config.learner.algorithm == Algorithm::kPpo && config.learner.samples != kSelfPlay) {
    return absl::InvalidArgumentError(
        "learner.samples: expected self-play with learner.algorithm = ppo, which learns from what "
        "it has just played");
  }
  if (config.learner.algorithm == Algorithm::kPpo &&
      config.learner.optimizer != models::OptimizerKind::kAdam) {
    return absl::InvalidArgumentError(
        "learner.optimizer: expected adam with learner.algorithm = ppo");
  }
  if (config.learner.learners > 1) {
    const auto alone = [&](const char* setting) {
      return absl::InvalidArgumentError(absl::StrCat("learner.learners: ", config.learner.learners,
                                                     ", expected 1 with ", setting));
    };
    if (config.learner.algorithm == Algorithm::kPpo) return alone("learner.algorithm = ppo");
    if (config.learner.device == models::Device::kCuda) return alone("learner.device = cuda");
  }
  if (config.learner.min_passes > config.learner.passes) {
    return absl::InvalidArgumentError(
        absl::StrCat("learner.min_passes: ", config.learner.min_passes,
                     ", expected at most learner.passes, ", config.learner.passes));
  }
  if (config.assistant == kBelief && config.game.abilities.teleportation) {
    return absl::InvalidArgumentError(
        "assistant: belief, expected another with game.teleportation: it walks");
  }
  if (config.search.plan_prior > 0 && config.game.abilities.teleportation) {
    return absl::InvalidArgumentError(absl::StrCat("search.plan_prior: ", config.search.plan_prior,
                                                   ", expected 0 with game.teleportation: plans "
                                                   "are ways to walk"));
  }
  return models::Validate(config.network);
}

std::string ToToml(const RunConfig& config) {
  RunConfig copy = config;
  return settings::ToToml(Declare(copy));
}

std::vector<std::string> Differences(const RunConfig& here, const RunConfig& there) {
  RunConfig a = here, b = there;
  return settings::Differences(Declare(a), Declare(b));
}

std::string DescribeSettings() {
  RunConfig defaults;
  return settings::Describe(Declare(defaults));
}

}  // namespace hod::engine
