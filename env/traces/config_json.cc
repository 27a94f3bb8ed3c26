#include "env/traces/config_json.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::env {
namespace {

using nlohmann::json;

json ScheduleToJson(const Schedule& schedule) {
  if (schedule.points().size() == 1) return schedule.points().front().second;
  json points = json::array();
  for (const auto& [timestep, value] : schedule.points()) points.push_back({timestep, value});
  return points;
}

void ReadSchedule(JsonObjectReader& reader, const char* key, Schedule& out) {
  const json* value = reader.Find(key);
  if (value == nullptr) return;
  if (value->is_number()) {
    out = Schedule(value->get<double>());
    return;
  }
  const auto fail = [&] {
    reader.Fail(reader.Path(key),
                "a number or [[timestep, value], ...] with ascending timesteps from 0");
  };
  if (!value->is_array() || value->empty()) return fail();
  std::vector<std::pair<int64_t, double>> points;
  for (const json& point : *value) {
    if (!point.is_array() || point.size() != 2 || !point[1].is_number()) return fail();
    const auto timestep = IntegerFromJson(point[0], 0, INT64_MAX, "");
    if (!timestep.ok()) return fail();
    points.emplace_back(*timestep, point[1].get<double>());
    if (points.size() > 1 && points[points.size() - 2].first >= points.back().first) return fail();
  }
  out = Schedule(std::move(points));
}

absl::Status ReadPlayer(const json& object, const std::string& path, PlayerConfig& player) {
  JsonObjectReader reader(object, path);
  reader.Read("goal_visible", player.goal_visible);
  reader.Read("is_human", player.is_human);
  reader.Read("timestep_skip", player.timestep_skip);
  const json* rewards = reader.Find("rewards");
  RETURN_IF_ERROR(reader.Finish());

  JsonObjectReader reward_reader(*rewards, reader.Path("rewards"));
  ReadSchedule(reward_reader, "noop", player.rewards.noop);
  ReadSchedule(reward_reader, "action", player.rewards.action);
  ReadSchedule(reward_reader, "incorrect_action", player.rewards.incorrect_action);
  ReadSchedule(reward_reader, "place_wrong", player.rewards.place_wrong);
  ReadSchedule(reward_reader, "own_reward_prop", player.rewards.own_reward_prop);
  ReadSchedule(reward_reader, "get_resources", player.rewards.get_resources);
  return reward_reader.Finish();
}

}  // namespace

json ToJson(const GameConfig& config) {
  json players = json::array();
  for (const PlayerConfig& player : config.players) {
    const RewardSchedules& r = player.rewards;
    players.push_back({{"goal_visible", player.goal_visible},
                       {"is_human", player.is_human},
                       {"timestep_skip", player.timestep_skip},
                       {"rewards",
                        {{"noop", ScheduleToJson(r.noop)},
                         {"action", ScheduleToJson(r.action)},
                         {"incorrect_action", ScheduleToJson(r.incorrect_action)},
                         {"place_wrong", ScheduleToJson(r.place_wrong)},
                         {"own_reward_prop", ScheduleToJson(r.own_reward_prop)},
                         {"get_resources", ScheduleToJson(r.get_resources)}}}});
  }
  const auto& truncate = config.truncate_on_no_progress_timesteps;
  return {{"num_players", config.num_players()},
          {"horizon", config.horizon},
          {"world_size", {config.size.w, config.size.h, config.size.d}},
          {"random_start_locations", config.random_start_locations},
          {"randomize_first_episode_length", config.randomize_first_episode_length},
          {"terminate_on_goal_completion", config.terminate_on_goal_completion},
          {"truncate_on_no_progress_timesteps", truncate ? json(*truncate) : json()},
          {"abilities",
           {{"teleportation", config.abilities.teleportation},
            {"flying", config.abilities.flying},
            {"inf_blocks", config.abilities.inf_blocks}}},
          {"players", players}};
}

void ReadWorldSize(JsonObjectReader& reader, WorldSize& size) {
  const json* extents = reader.Find("world_size");
  if (extents == nullptr) return;
  int* const out[] = {&size.w, &size.h, &size.d};
  bool valid = extents->is_array() && extents->size() == 3;
  for (int k = 0; k < 3 && valid; ++k) {
    const auto extent = IntegerFromJson((*extents)[k], INT32_MIN, INT32_MAX, "");
    valid = extent.ok();
    if (valid) *out[k] = static_cast<int>(*extent);
  }
  if (!valid) reader.Fail(reader.Path("world_size"), "three integers");
}

absl::StatusOr<GameConfig> GameConfigFromJson(const json& object) {
  GameConfig config;
  JsonObjectReader reader(object, "config");
  int num_players = 0;
  reader.Read("num_players", num_players);
  reader.Read("horizon", config.horizon);
  reader.Read("random_start_locations", config.random_start_locations);
  reader.Read("randomize_first_episode_length", config.randomize_first_episode_length);
  reader.Read("terminate_on_goal_completion", config.terminate_on_goal_completion);
  reader.Read("truncate_on_no_progress_timesteps", config.truncate_on_no_progress_timesteps);
  ReadWorldSize(reader, config.size);
  const json* abilities = reader.Find("abilities");
  const json* players = reader.Find("players");
  if (players != nullptr &&
      (!players->is_array() || static_cast<int64_t>(players->size()) != num_players)) {
    reader.Fail(reader.Path("players"), "an array of num_players objects");
  }
  RETURN_IF_ERROR(reader.Finish());

  JsonObjectReader ability_reader(*abilities, reader.Path("abilities"));
  ability_reader.Read("teleportation", config.abilities.teleportation);
  ability_reader.Read("flying", config.abilities.flying);
  ability_reader.Read("inf_blocks", config.abilities.inf_blocks);
  RETURN_IF_ERROR(ability_reader.Finish());

  config.players.assign(num_players, PlayerConfig());
  for (int p = 0; p < num_players; ++p) {
    const std::string path = absl::StrCat("config.players[", p, "]");
    RETURN_IF_ERROR(ReadPlayer((*players)[p], path, config.players[p]));
  }
  RETURN_IF_ERROR(Validate(config));
  return config;
}

}  // namespace hod::env
