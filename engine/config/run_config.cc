#include "engine/config/run_config.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/config/fields.h"
#include "env/base/files.h"
#include "env/base/status.h"
#include "env/game/roles.h"

namespace hod::engine {
namespace {

absl::Status CheckWhole(const RunConfig& config) {
  RETURN_IF_ERROR(env::Validate(config.game));
  if (config.reuse_tree && config.search.selection == mcts::Selection::kGumbel) {
    return absl::InvalidArgumentError(
        "search.reuse_tree: expected false with search.selection = gumbel, whose halving counts on "
        "equal visits");
  }
  if (config.learner.algorithm == Algorithm::kPpo && config.player != env::kHuman) {
    return absl::InvalidArgumentError(
        "player: expected human with learner.algorithm = ppo, by which a builder learns");
  }
  return models::Validate(config.network);
}

// What follows from other settings.
void DeriveSettings(RunConfig& config) {
  config.network.inventories = !config.game.abilities.inf_blocks;
  config.network.goal_visible = config.player == env::kHuman;
  config.search.use_goal_predictor = config.player != env::kHuman;
}

}  // namespace

RunConfig::RunConfig() {
  game.players[env::kHuman].goal_visible = true;
  game.players[env::kAssistant].goal_visible = false;
}

env::GameConfig RunConfig::PlayedGame() const {
  env::GameConfig played = game;
  if (player == env::kHuman) played.players.resize(env::kHuman + 1);
  return played;
}

absl::StatusOr<RunConfig> LoadRunConfig(const std::string& path,
                                        const std::vector<std::string>& overrides) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  absl::StatusOr<RunConfig> config = ParseRunConfig(text, path);
  for (const std::string& assignment : overrides) {
    if (!config.ok()) break;
    RETURN_IF_ERROR(Override(*config, assignment));
  }
  return config;
}

absl::StatusOr<RunConfig> ParseRunConfig(const std::string& text, const std::string& source) {
  RunConfig config;
  std::vector<Field> fields = Fields(config);
  RETURN_IF_ERROR(AssignFile(fields, text, source));
  DeriveSettings(config);
  absl::Status status = CheckWhole(config);
  if (!status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": ", std::string(status.message())));
  }
  return config;
}

absl::Status Override(RunConfig& config, const std::string& assignment) {
  const std::vector<std::string> parts = absl::StrSplit(assignment, absl::MaxSplits('=', 1));
  const auto refuse = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat("--set ", assignment, ": ", what));
  };
  if (parts.size() != 2) return refuse("expected key=value");
  std::vector<Field> fields = Fields(config);
  absl::Status status = Assign(fields, parts[0], ValueFrom(parts[1]));
  if (!status.ok()) return refuse(std::string(status.message()));
  DeriveSettings(config);
  status = CheckWhole(config);
  return status.ok() ? status : refuse(std::string(status.message()));
}

std::string ToToml(const RunConfig& config) {
  RunConfig copy = config;
  std::string text, table;
  for (const Field& field : Fields(copy)) {
    const size_t dot = field.key.rfind('.');
    const std::string in_table = dot == std::string::npos ? "" : field.key.substr(0, dot);
    if (in_table != table) {
      absl::StrAppend(&text, "\n[", in_table, "]\n");
      table = in_table;
    }
    absl::StrAppend(&text, field.key.substr(dot == std::string::npos ? 0 : dot + 1), " = ",
                    ToToml(field.get()), "\n");
  }
  return text;
}

std::vector<std::string> Differences(const RunConfig& here, const RunConfig& there) {
  RunConfig a = here, b = there;
  const std::vector<Field> fields_a = Fields(a), fields_b = Fields(b);
  std::vector<std::string> differences;
  for (size_t i = 0; i < fields_a.size(); ++i) {
    const std::string value_a = ToToml(fields_a[i].get()), value_b = ToToml(fields_b[i].get());
    if (value_a == value_b) continue;
    differences.push_back(
        absl::StrCat(fields_a[i].key, ": ", value_a, " here, ", value_b, " there"));
  }
  return differences;
}

std::string DescribeSettings() {
  RunConfig defaults;
  return DescribeFields(Fields(defaults));
}

}  // namespace hod::engine
