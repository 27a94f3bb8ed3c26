// Recorded searches.
#include <zlib.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "env/game/action_mask.h"
#include "env/game/observation.h"
#include "env/traces/config_json.h"
#include "env/traces/episode_trace.h"
#include "mcts/traces/search_trace.h"
#include "mcts/traces/trace_evaluator.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/random_game.h"

namespace hod::mcts {
namespace {

using nlohmann::json;

// A root with all that is checked of it, and searches of which only the beginning is right.
json Record(uint64_t seed) {
  Rng rng(seed);
  env::GameConfig config = env::RandomConfig(rng);
  config.size = {4, 4, 4};
  config.abilities.teleportation = false;
  config.players.resize(2);
  const env::Game game(config, env::RandomGoal(config, rng));
  const env::State state = env::ScatteredState(game, 0.3, rng);
  const Position root = {&game, &state, 1};

  std::vector<uint8_t> observation(env::kNumObservationChannels * game.goal().size());
  env::WorldObservation(game, state, root.player, absl::MakeSpan(observation));
  std::vector<int32_t> valid;
  env::ValidActions(game, state, root.player, true, valid);
  const uint32_t hash = TraceEvaluator::Seed(root);
  const std::vector<uint64_t> weights = TraceEvaluator::PolicyWeights(root, hash);
  Evaluation evaluation;
  TraceEvaluator().Evaluate({&root, 1}, {&evaluation, 1}).IgnoreError();
  const auto& logits = evaluation.goal_logits;

  json locations = json::array(), counts = json::array();
  for (const env::PlayerState& player : state.players) {
    locations.push_back({player.feet.x + 0.5, player.feet.y, player.feet.z + 0.5});
    counts.push_back(player.inventory.CountAll());
  }
  return {{"type", "mcts"},
          {"name", "small"},
          {"seed", 1},
          {"config", env::ToJson(config)},
          {"player_index", root.player},
          {"world_size", {4, 4, 4}},
          {"goal_blocks", std::vector<int>(game.goal().begin(), game.goal().end())},
          {"current_blocks", std::vector<int>(state.blocks.begin(), state.blocks.end())},
          {"player_locations", locations},
          {"timestep", state.timestep},
          {"last_interacted",
           std::vector<int>(state.last_interacted.begin(), state.last_interacted.end())},
          {"inventory_counts", counts},
          {"obs_crc32", crc32(0, observation.data(), static_cast<unsigned>(observation.size()))},
          {"line_of_sight_masking", true},
          {"use_goal_predictor", true},
          {"gamma", 0.95},
          {"expected_own_reward_scale", 1},
          {"expected_reward_shift", 0},
          {"mcts",
           {{"puct_coefficient", 1},
            {"prior_temperature", 1},
            {"temperature", 1.5},
            {"init_q_with_max", false},
            {"explore_noops", true},
            {"use_bilevel_action_selection", true},
            {"fix_bilevel_action_selection", true},
            {"predict_goal_using_next_state", false},
            {"predict_goal_using_average", false},
            {"predict_goal_using_future_states", false},
            {"add_dirichlet_noise", false}}},
          {"root_valid_actions", env::GapEncode(valid)},
          {"net",
           {{"seed", hash},
            {"value", evaluation.value},
            {"other_action", TraceEvaluator::HumanAction(root, hash)},
            {"weights_first16", std::vector<uint64_t>(weights.begin(), weights.begin() + 16)},
            {"weight_sum", std::accumulate(weights.begin(), weights.end(), uint64_t{0})},
            {"goal_logits_first16", std::vector<float>(logits.begin(), logits.begin() + 16)}}},
          {"results", {{"20", {{"paths", std::vector<json>(20, json::array())}}}}}};
}

}  // namespace
}  // namespace hod::mcts

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::mcts::VerifySearches(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  std::vector<std::string> seeds;
  for (uint64_t seed = 0; seed < 4; ++seed) seeds.push_back(mcts::Record(seed).dump() + "\n");
  return seeds;
}
