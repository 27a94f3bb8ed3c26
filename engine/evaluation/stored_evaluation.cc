#include "engine/evaluation/stored_evaluation.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/play/human_file.h"
#include "engine/play/player_spec.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"

namespace hod::engine {
namespace {

using nlohmann::json;

constexpr int kVersion = 2;  // Version of what is measured, and of the rules.

// A name, or the contents of a file and of those that it names.
absl::StatusOr<json> OriginOfPlayer(const std::string& spec) {
  const bool describes = absl::EndsWith(spec, ".toml");
  if (!describes && !absl::EndsWith(spec, ".safetensors")) return json(spec);
  ASSIGN_OR_RETURN(std::string hash, HashOfFile(spec));
  if (!describes) return json(std::move(hash));
  json origins = {std::move(hash)};
  ASSIGN_OR_RETURN(const HumanFile file, LoadHumanFile(spec));
  if (!file.network.empty()) {
    ASSIGN_OR_RETURN(std::string network, HashOfFile(file.network));
    origins.push_back(std::move(network));
  }
  for (const std::string& human : file.humans) {
    if (human == spec) continue;  // Refused by those who play.
    ASSIGN_OR_RETURN(json member, OriginOfPlayer(human));
    origins.push_back(std::move(member));
  }
  return origins;
}

void Append(const std::vector<float>& values, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

absl::StatusOr<std::string> HashOfAllGoals(const std::string& goals, const env::GameConfig& game) {
  ASSIGN_OR_RETURN(const auto source, env::MakeGoalSource(goals, game, /*seed=*/0));
  std::string all;
  for (const env::Goal& goal : source->All()) all.append(goal.blocks.begin(), goal.blocks.end());
  return HashOf(all);
}

absl::StatusOr<json> OriginOfAssistant(const Assistant& assistant, const RunConfig& config) {
  if (assistant.network != nullptr) {
    const std::string hash = HashOfNetwork(*assistant.network);
    return json(assistant.carries_out_belief ? kBeliefPrefix + hash : hash);
  }
  absl::string_view goals = assistant.spec;
  if (absl::ConsumePrefix(&goals, kPosteriorPrefix)) {
    ASSIGN_OR_RETURN(const std::string hash, HashOfAllGoals(std::string(goals), config.game));
    return json(kPosteriorPrefix + hash);
  }
  return OriginOfPlayer(assistant.spec);
}

absl::StatusOr<std::string> HashOfHouses(const RunConfig& config) {
  ASSIGN_OR_RETURN(const auto goals,
                   env::MakeGoalSource(config.evaluation.goals, config.game,
                                       static_cast<uint64_t>(config.evaluation.seed)));
  std::string houses;
  for (int i = 0; i < config.evaluation.episodes; ++i) {
    const env::Goal goal = goals->Get(i);
    houses += goal.name;
    houses.append(reinterpret_cast<const char*>(goal.blocks.data()), goal.blocks.size());
  }
  return HashOf(houses);
}

absl::StatusOr<json> OriginOf(const EvaluationSetup& setup) {
  ASSIGN_OR_RETURN(json assistant, OriginOfAssistant(setup.assistant, setup.config));
  ASSIGN_OR_RETURN(json human, OriginOfPlayer(setup.human));
  ASSIGN_OR_RETURN(std::string houses, HashOfHouses(setup.config));
  return json{{"version", kVersion},
              {"config", ToToml(setup.config)},
              {"assistant", std::move(assistant)},
              {"search_reference", setup.search_reference},
              {"human", std::move(human)},
              {"houses", std::move(houses)}};
}

}  // namespace

std::string HashOfNetwork(const models::LoadedNetwork& network) {
  std::string bytes;
  if (const auto* hod = std::get_if<models::Network>(&network.network)) {
    const models::NetworkConfig& config = hod->config;
    // The kind of block follows from how many parameters there are.
    bytes = absl::StrCat("hod ", config.channels, " ", config.blocks, " ", config.goal_visible, " ",
                         config.inventories, " ");
    Append(hod->parameters, bytes);
  } else {
    const auto& reference = std::get<models::ReferenceWeights>(network.network);
    bytes = DumpJson(models::ToJson(reference.config));
    for (const auto& [name, values] : reference.tensors) Append(values, bytes);
  }
  return HashOf(bytes);
}

absl::StatusOr<EvaluationReport> EvaluateOnce(const EvaluationSetup& setup,
                                              const ResultStore& store, const std::string& name) {
  ASSIGN_OR_RETURN(const json origin, OriginOf(setup));
  EvaluationReport report;
  const auto take = [&](const json& result) -> absl::Status {
    ASSIGN_OR_RETURN(report, EvaluationFromJson(result));
    return absl::OkStatus();
  };
  if (store.Find(name, origin, take)) {
    std::fprintf(stderr, "%s is of this checkpoint: reusing it\n", store.Path(name).c_str());
    return report;
  }
  ASSIGN_OR_RETURN(report, Evaluate(setup));
  if (setup.stop != nullptr && *setup.stop) return absl::CancelledError("stopped");
  RETURN_IF_ERROR(store.Put(name, origin, ToJson(report)));
  return report;
}

}  // namespace hod::engine
