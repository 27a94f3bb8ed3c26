#include "env/traces/episode_trace.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "env/game/action_mask.h"
#include "env/game/observation.h"
#include "env/traces/config_json.h"

namespace hod::env {
namespace {

using nlohmann::json;

// Whole doubles are written without a fraction; NaN, which JSON lacks, as null.
json Number(double value) {
  if (std::isnan(value)) return nullptr;
  if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<int64_t>(value);
  return value;
}

template <typename Field>
json PerPlayer(const StepOutcome& outcome, const Field& field) {
  json values = json::array();
  for (const PlayerOutcome& player : outcome.players) values.push_back(field(player));
  return values;
}

json ActionTuple(const Action& a) { return {static_cast<int>(a.type), a.location, a.block}; }

uint32_t MaskCrc(const std::vector<int32_t>& ids, int num_actions) {
  std::vector<uint8_t> mask(num_actions, 0);
  for (const int32_t id : ids) mask[id] = 1;
  return static_cast<uint32_t>(crc32(0, mask.data(), static_cast<unsigned>(mask.size())));
}

json GapCoded(const std::vector<std::vector<int32_t>>& masks) {
  json lists = json::array();
  for (const auto& ids : masks) lists.push_back(GapEncode(ids));
  return lists;
}

json Inventories(const State& state) {
  json inventories = json::array();
  for (const PlayerState& player : state.players) {
    json slots = json::array();
    for (const Inventory::Slot& slot : player.inventory.slots()) {
      slots.push_back({slot.block, slot.count});
    }
    inventories.push_back(std::move(slots));
  }
  return inventories;
}

// Numbers are widened: a JSON array of uint8_t would be taken for binary data.
std::vector<int> Blocks(const std::vector<Block>& blocks) { return {blocks.begin(), blocks.end()}; }

template <typename T>
json Changes(const std::vector<T>& before, const std::vector<T>& after) {
  json changes = json::array();
  for (size_t i = 0; i < after.size(); ++i) {
    if (before[i] != after[i]) changes.push_back({i, static_cast<int>(after[i])});
  }
  return changes;
}

// The settings with rewards as they are in force: a replay does not know the timestep of training.
GameConfig ConfigInForce(const Game& game) {
  GameConfig config = game.config();
  for (int p = 0; p < game.num_players(); ++p) {
    const Rewards& rewards = game.rewards(p);
    config.players[p].rewards = {.noop = rewards.noop,
                                 .action = rewards.action,
                                 .incorrect_action = rewards.incorrect_action,
                                 .place_wrong = rewards.place_wrong,
                                 .own_reward_prop = rewards.own_reward_prop,
                                 .get_resources = rewards.get_resources};
  }
  return config;
}

}  // namespace

TraceDetail DefaultDetail(const GameConfig& config, int step) {
  const bool full = step % 10 == 0;
  return {.valid_actions = full,
          .inventories = full && !config.abilities.inf_blocks,
          .mask_los = full || !config.abilities.teleportation};
}

std::vector<int32_t> GapEncode(const std::vector<int32_t>& values) {
  std::vector<int32_t> gaps(values.size());
  std::adjacent_difference(values.begin(), values.end(), gaps.begin());
  return gaps;
}

std::vector<int32_t> GapDecode(const std::vector<int32_t>& gaps) {
  std::vector<int32_t> values(gaps.size());
  std::partial_sum(gaps.begin(), gaps.end(), values.begin());
  return values;
}

EpisodeTrace::Masks EpisodeTrace::MakeMasks(const State& state, bool los) const {
  Masks masks;
  masks.plain.resize(game_->num_players());
  if (los) masks.los.resize(game_->num_players());
  for (int p = 0; p < game_->num_players(); ++p) {
    ValidActions(*game_, state, p, false, masks.plain[p]);
    if (los) ValidActions(*game_, state, p, true, masks.los[p]);
  }
  return masks;
}

void EpisodeTrace::DescribeView(const State& state, const Masks& masks, json& line) const {
  const int num_actions = game_->actions().num_actions();
  json plain = json::array(), los = json::array(), observations = json::array();
  std::vector<uint8_t> observation(kNumObservationChannels * game_->goal().size());
  for (int p = 0; p < game_->num_players(); ++p) {
    plain.push_back(MaskCrc(masks.plain[p], num_actions));
    if (!masks.los.empty()) los.push_back(MaskCrc(masks.los[p], num_actions));
    WorldObservation(*game_, state, p, absl::MakeSpan(observation));
    observations.push_back(crc32(0, observation.data(), static_cast<unsigned>(observation.size())));
  }
  line["mask_crc32"] = {plain, masks.los.empty() ? json() : los};
  line["obs_crc32"] = observations;

  json locations;  // Null with teleportation: players have no bodies.
  if (!game_->config().abilities.teleportation) {
    locations = json::array();
    for (const PlayerState& player : state.players) {
      locations.push_back({player.feet.x + 0.5, player.feet.y, player.feet.z + 0.5});
    }
  }
  line["player_locations"] = locations;
}

json EpisodeTrace::Reset(const State& state, const std::string& name, int64_t seed) {
  const WorldSize& size = game_->size();
  json percentages = json::array();
  for (int p = 0; p < game_->num_players(); ++p) {
    percentages.push_back(Number(game_->GoalPercentage(state, p)));
  }
  masks_ = MakeMasks(state, true);
  blocks_ = state.blocks;
  last_interacted_ = state.last_interacted;
  json line = {{"type", "reset"},
               {"name", name},
               {"seed", seed},
               {"config", ToJson(ConfigInForce(*game_))},
               {"world_size", {size.w, size.h, size.d}},
               {"num_flat_actions", game_->actions().num_actions()},
               {"goal_blocks", Blocks(game_->goal())},
               {"current_blocks", Blocks(state.blocks)},
               {"inventories", Inventories(state)},
               {"timestep", state.timestep},
               {"goal_percentage", percentages},
               {"goal_similarity", state.num_matches},
               {"valid_actions", GapCoded(masks_.plain)},
               {"valid_actions_los", GapCoded(masks_.los)}};
  DescribeView(state, masks_, line);
  return line;
}

json EpisodeTrace::Step(absl::Span<const Action> actions, const StepOutcome& outcome,
                        const State& state, const TraceDetail& detail) {
  const ActionSpace& space = game_->actions();
  json tuples = json::array(), flat = json::array(), valid = json::array();
  json valid_los = json::array(), counts = json::array();
  for (int p = 0; p < game_->num_players(); ++p) {
    const int id = space.Flatten(actions[p]);
    const auto holds = [&](const std::vector<int32_t>& ids) {
      return std::binary_search(ids.begin(), ids.end(), id) ? 1 : 0;
    };
    tuples.push_back(ActionTuple(actions[p]));
    flat.push_back(id);
    valid.push_back(holds(masks_.plain[p]));
    valid_los.push_back(holds(masks_.los.empty() ? masks_.plain[p] : masks_.los[p]));
    counts.push_back(state.players[p].inventory.CountAll());
  }
  masks_ = MakeMasks(state, detail.mask_los);

  json line = {
      {"type", "step"},
      {"t", state.timestep},
      {"actions", tuples},
      {"flat_actions", flat},
      {"valid", valid},
      {"valid_los", valid_los},
      {"rewards", PerPlayer(outcome, [](auto& p) { return Number(p.reward); })},
      {"own_rewards", PerPlayer(outcome, [](auto& p) { return Number(p.own_reward); })},
      {"goal_dependent", PerPlayer(outcome, [](auto& p) { return Number(p.goal_dependent); })},
      {"goal_independent", PerPlayer(outcome, [](auto& p) { return Number(p.goal_independent); })},
      {"effective_actions",
       PerPlayer(outcome, [](auto& p) { return ActionTuple(p.effective_action); })},
      {"action_correct", PerPlayer(outcome, [](auto& p) { return p.correct; })},
      {"goal_percentage", PerPlayer(outcome, [](auto& p) { return Number(p.goal_percentage); })},
      {"goal_similarity", outcome.goal_similarity},
      {"done", outcome.done()},
      {"inventory_counts", counts},
      {"changed_blocks", Changes(blocks_, state.blocks)},
      {"last_interacted_changed", Changes(last_interacted_, state.last_interacted)}};
  DescribeView(state, masks_, line);
  if (detail.valid_actions) {
    line["valid_actions"] = GapCoded(masks_.plain);
    if (detail.mask_los) line["valid_actions_los"] = GapCoded(masks_.los);
  }
  if (detail.inventories) line["inventories"] = Inventories(state);
  if (outcome.done()) {
    json reasons = json::array();
    if (outcome.horizon_reached) reasons.push_back("horizon");
    if (outcome.goal_completed) reasons.push_back("goal");
    if (outcome.no_progress) reasons.push_back("no_progress");
    line["end_reason"] = reasons;
  }
  blocks_ = state.blocks;
  last_interacted_ = state.last_interacted;
  return line;
}

}  // namespace hod::env
