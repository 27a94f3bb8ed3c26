#include "mcts/traces/search_trace.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "env/base/gzip_lines.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/game/observation.h"
#include "env/traces/compare_json.h"
#include "env/traces/config_json.h"
#include "env/traces/episode_trace.h"
#include "env/traces/trace_reader.h"
#include "mcts/expected_reward.h"
#include "mcts/search.h"
#include "mcts/traces/trace_evaluator.h"

namespace hod::mcts {
namespace {

using nlohmann::json;

constexpr double kSearchTolerance = 1e-5;  // Floats of recorded searches; visits are exact.

absl::StatusOr<SearchOptions> OptionsFromRecord(const json& record) {
  const json& m = record.at("mcts");
  SearchOptions options;
  double c_puct = 0;
  const struct {
    const json& object;
    const char* key;
    double low, high;
    double& target;
  } kNumbers[] = {{record, "gamma", 0, 1, options.gamma},
                  {record, "expected_own_reward_scale", 0, 1000, options.own_reward_scale},
                  {record, "expected_reward_shift", -1000, 1000, options.own_reward_shift},
                  {m, "puct_coefficient", 0, 1000, c_puct},
                  {m, "prior_temperature", 0.01, 100, options.prior_temperature},
                  {m, "temperature", 0.01, 100, options.temperature}};
  for (const auto& number : kNumbers) {
    number.target = number.object.at(number.key).get<double>();
    if (number.target >= number.low && number.target <= number.high) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(number.key, ": expected a number from ", number.low, " to ", number.high));
  }
  options.c_puct = {c_puct};
  options.use_goal_predictor = record.at("use_goal_predictor").get<bool>();
  options.line_of_sight = record.at("line_of_sight_masking").get<bool>();
  options.init_q_with_max = m.at("init_q_with_max").get<bool>();
  options.explore_noops = m.at("explore_noops").get<bool>();
  options.noise_weight = 0;
  if (!m.at("use_bilevel_action_selection").get<bool>()) {
    options.selection = Selection::kFlat;
  } else if (!m.at("fix_bilevel_action_selection").get<bool>()) {
    options.selection = Selection::kBilevelUnscaled;
  }
  if (m.at("predict_goal_using_future_states").get<bool>()) {
    options.goal_posterior = GoalPosterior::kLeaf;
  } else if (m.at("predict_goal_using_next_state").get<bool>()) {
    options.goal_posterior = GoalPosterior::kChild;
  } else if (m.at("predict_goal_using_average").get<bool>()) {
    options.goal_posterior = GoalPosterior::kAverage;
  }
  if (m.at("add_dirichlet_noise").get<bool>()) {
    return absl::InvalidArgumentError("mcts.add_dirichlet_noise: expected false");
  }
  return options;
}

// The recorded root as a game and a state.
struct Root {
  env::Game game;
  env::State state;
  int player;
};

absl::StatusOr<Root> RootFromRecord(const json& record, const SearchOptions& options) {
  absl::StatusOr<env::GameConfig> config = env::GameConfigFromJson(record.at("config"));
  RETURN_IF_ERROR(config.status());
  if (config->abilities.teleportation) {
    return absl::InvalidArgumentError(
        "config.abilities.teleportation: expected false, since the recorded human moves");
  }
  ASSIGN_OR_RETURN(auto goal,
                   env::BlocksFromJson(config->size, record.at("goal_blocks"), "goal_blocks"));
  env::Game game = PlanningGame(env::Game(*config, goal), options);
  absl::StatusOr<env::State> state = env::StateFromJson(game, record);
  RETURN_IF_ERROR(state.status());
  ASSIGN_OR_RETURN(auto player, IntegerFromJson(record.at("player_index"), 0,
                                                game.num_players() - 1, "player_index"));
  for (int p = 0; p < game.num_players(); ++p) {
    const std::string key = absl::StrCat("inventory_counts[", p, "]");
    ASSIGN_OR_RETURN(const auto counts,
                     env::CountsFromJson(record.at("inventory_counts").at(p), key));
    ASSIGN_OR_RETURN(const auto inventory, env::InventoryFromCounts(counts, key));
    state->players[p].inventory = inventory;
  }
  state = game.Begin(*std::move(state));
  return Root{std::move(game), *std::move(state), static_cast<int>(player)};
}

// The `net` object of a record, from our evaluator.
json DescribeNetwork(const Position& root) {
  const uint32_t seed = TraceEvaluator::Seed(root);
  const std::vector<uint64_t> weights = TraceEvaluator::PolicyWeights(root, seed);
  Evaluation evaluation;
  TraceEvaluator().Evaluate({&root, 1}, {&evaluation, 1}).IgnoreError();
  const auto& logits = evaluation.goal_logits;
  return {{"seed", seed},
          {"value", evaluation.value},
          {"other_action", TraceEvaluator::HumanAction(root, seed)},
          {"weights_first16", std::vector<uint64_t>(weights.begin(), weights.begin() + 16)},
          {"weight_sum", std::accumulate(weights.begin(), weights.end(), uint64_t{0})},
          {"goal_logits_first16", std::vector<float>(logits.begin(), logits.begin() + 16)}};
}

json NumberOrNull(double value) { return std::isnan(value) ? json() : json(value); }

// Runs one search and describes it in the keys of a record's result.
absl::StatusOr<json> DescribeSearch(const Root& root, SearchOptions options, int simulations) {
  options.num_simulations = simulations;
  Search search;
  search.Start(options, &root.game, root.state, root.player, Rng());
  TraceEvaluator evaluator;
  Evaluation evaluation;
  json paths = json::array(), leaf_rewards = json::array();
  while (const Position* leaf = search.NextLeaf()) {
    paths.push_back(search.LeafPath());
    leaf_rewards.push_back(search.leaf().reward);
    RETURN_IF_ERROR(evaluator.Evaluate({leaf, 1}, {&evaluation, 1}));
    RETURN_IF_ERROR(search.Deliver(evaluation));
  }
  const Node& node = search.root();
  const SearchResult result = search.result();
  json visits = json::array(), type_visits = json::array(), type_values = json::array(),
       type_priors = json::array();
  for (const TypeStats& type : node.types) {
    type_visits.push_back(type.visits);
    type_values.push_back(type.value_sum);
    type_priors.push_back(type.prior);
    for (int32_t a = type.begin; a < type.end; ++a) {
      const ActionView action = search.action(type, a);
      if (action.visits > 0) visits.push_back({action.id, action.visits, action.value_sum});
    }
  }
  const auto chosen = std::lower_bound(result.policy.begin(), result.policy.end(),
                                       std::make_pair(result.best_action, 0.0f));
  const auto [reward, own_reward] = search.MeanReward(result.best_action);
  return json{{"action", result.best_action},
              {"visits", visits},
              {"type_visits", type_visits},
              {"type_values", type_values},
              {"type_priors", type_priors},
              {"root_visits", node.visits},
              {"root_total_value", node.value_sum},
              {"root_mean_value", result.root_value},
              {"min_value", node.min_value},
              {"max_value", node.max_value},
              {"expected_reward", NumberOrNull(reward)},
              {"expected_own_reward", NumberOrNull(own_reward)},
              {"policy_chosen", chosen->second},
              {"paths", paths},
              {"leaf_rewards", leaf_rewards}};
}

absl::Status VerifyRecord(const json& record, SearchVerifyReport& report) {
  if (record.at("type").get<std::string>() != "mcts") {
    return absl::InvalidArgumentError("type: expected mcts");
  }
  const std::string label = absl::StrCat("root ", record.at("name").get<std::string>(), " seed ",
                                         record.at("seed").get<int64_t>(), ": ");
  ASSIGN_OR_RETURN(SearchOptions options, OptionsFromRecord(record));
  ASSIGN_OR_RETURN(Root root, RootFromRecord(record, options));
  const auto differs = [&](const json& expected, const json& actual, const std::string& key,
                           double tolerance) {
    auto difference = env::FirstDifference(expected, actual, key, tolerance);
    if (difference) report.first_difference = label + *difference;
    return difference.has_value();
  };

  ++report.roots;
  const Position position = {&root.game, &root.state, root.player};
  std::vector<uint8_t> observation(env::kNumObservationChannels * root.game.goal().size());
  env::WorldObservation(root.game, root.state, root.player, absl::MakeSpan(observation));
  const auto crc = crc32(0, observation.data(), static_cast<unsigned>(observation.size()));
  std::vector<int32_t> valid;
  env::ValidActions(root.game, root.state, root.player, options.line_of_sight, valid);
  const env::WorldSize& size = root.game.size();
  if (differs(record.at("world_size"), json{size.w, size.h, size.d}, "world_size", 0) ||
      differs(record.at("obs_crc32"), crc, "obs_crc32", 0) ||
      differs(record.at("root_valid_actions"), env::GapEncode(valid), "root_valid_actions", 0) ||
      differs(record.at("net"), DescribeNetwork(position), "net", kSearchTolerance)) {
    return absl::OkStatus();
  }
  for (const auto& [simulations, expected] : record.at("results").items()) {
    int count = 0;
    if (!absl::SimpleAtoi(simulations, &count) || count < 2) {
      return absl::InvalidArgumentError("results: expected numbers of simulations as keys");
    }
    // What is to be repeated is bounded by what is recorded.
    if (!expected.contains("paths") || static_cast<int>(expected.at("paths").size()) != count) {
      return absl::InvalidArgumentError(absl::StrCat(
          "results.", simulations, ".paths: expected those of ", simulations, " simulations"));
    }
    ASSIGN_OR_RETURN(json actual, DescribeSearch(root, options, count));
    ++report.searches;
    // The paths first: where they part, every other number follows.
    const std::string key = absl::StrCat("results.", simulations);
    if (differs(expected.at("paths"), actual.at("paths"), key + ".paths", 0) ||
        differs(expected, actual, key, kSearchTolerance)) {
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SearchVerifyReport> VerifySearches(const std::string& path) {
  ASSIGN_OR_RETURN(GzipLineReader reader, GzipLineReader::Open(path));
  SearchVerifyReport report;
  std::string text;
  const auto line = [&] { return absl::StrCat(path, ": line ", reader.line_number()); };
  for (;;) {
    ASSIGN_OR_RETURN(bool more, reader.Next(text));
    if (!more) return report;
    absl::StatusOr<json> record = ParseJson(text);
    if (!record.ok()) return Annotate(record.status(), line());
    try {  // nlohmann::json reports missing keys and wrong types by exceptions.
      RETURN_IF_ERROR(Annotate(VerifyRecord(*record, report), line()));
    } catch (const json::exception& error) {
      return absl::InvalidArgumentError(absl::StrCat(line(), ": ", error.what()));
    }
    if (report.first_difference) {
      report.first_difference = absl::StrCat(line(), ": ", *report.first_difference);
      return report;
    }
  }
}

}  // namespace hod::mcts
