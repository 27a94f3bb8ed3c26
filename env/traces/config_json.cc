#include "env/traces/config_json.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "env/traces/json_line.h"

namespace hod::env {
namespace {

using nlohmann::json;

json ScheduleToJson(const Schedule& schedule) {
  if (schedule.points().size() == 1) return schedule.points().front().second;
  json points = json::array();
  for (const auto& [timestep, value] : schedule.points()) points.push_back({timestep, value});
  return points;
}

// Reads an object key by key; remembers the first error, and finds keys nobody asked for.
class ObjectReader {
 public:
  ObjectReader(const json& object, std::string path) : object_(object), path_(std::move(path)) {
    if (!object.is_object()) Fail(path_, "an object");
  }

  const json* Find(const char* key) {
    asked_.insert(key);
    if (!object_.is_object() || !object_.contains(key)) {
      Fail(Path(key), "this key");
      return nullptr;
    }
    return &object_.at(key);
  }
  void Read(const char* key, bool& out) {
    const json* value = Find(key);
    if (value == nullptr) return;
    if (!value->is_boolean()) return Fail(Path(key), "true or false");
    out = value->get<bool>();
  }
  void Read(const char* key, int& out) {
    const json* value = Find(key);
    if (value == nullptr) return;
    if (!IsInt(*value)) return Fail(Path(key), "an integer");
    out = value->get<int>();
  }
  void Read(const char* key, std::optional<int>& out) {
    const json* value = Find(key);
    if (value == nullptr) return;
    out.reset();
    if (value->is_null()) return;
    if (!IsInt(*value)) return Fail(Path(key), "an integer or null");
    out = value->get<int>();
  }
  void Read(const char* key, Schedule& out) {
    const json* value = Find(key);
    if (value == nullptr) return;
    if (value->is_number()) {
      out = Schedule(value->get<double>());
      return;
    }
    const char* expected = "a number or [[timestep, value], ...] with ascending timesteps";
    if (!value->is_array() || value->empty()) return Fail(Path(key), expected);
    std::vector<std::pair<int64_t, double>> points;
    for (const json& point : *value) {
      if (!point.is_array() || point.size() != 2 || !point[0].is_number_integer() ||
          !point[1].is_number()) {
        return Fail(Path(key), expected);
      }
      points.emplace_back(point[0].get<int64_t>(), point[1].get<double>());
      if (points.size() > 1 && points[points.size() - 2].first >= points.back().first) {
        return Fail(Path(key), expected);
      }
    }
    out = Schedule(std::move(points));
  }

  void Fail(const std::string& path, const char* expected) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(absl::StrCat(path, ": expected ", expected));
  }
  std::string Path(const char* key) const { return absl::StrCat(path_, ".", key); }

  static bool IsInt(const json& value) {
    return IntegerFromJson(value, INT32_MIN, INT32_MAX, "").ok();
  }

  absl::Status Finish() {
    if (!status_.ok()) return status_;
    for (const auto& item : object_.items()) {
      if (asked_.count(item.key()) == 0) {
        return absl::InvalidArgumentError(absl::StrCat(path_, ": unknown key ", item.key()));
      }
    }
    return absl::OkStatus();
  }

 private:
  const json& object_;
  std::string path_;
  std::set<std::string> asked_;
  absl::Status status_;
};

absl::Status ReadPlayer(const json& object, const std::string& path, PlayerConfig& player) {
  ObjectReader reader(object, path);
  reader.Read("goal_visible", player.goal_visible);
  reader.Read("is_human", player.is_human);
  reader.Read("timestep_skip", player.timestep_skip);
  const json* rewards = reader.Find("rewards");
  if (absl::Status status = reader.Finish(); !status.ok()) return status;

  ObjectReader reward_reader(*rewards, reader.Path("rewards"));
  reward_reader.Read("noop", player.rewards.noop);
  reward_reader.Read("action", player.rewards.action);
  reward_reader.Read("incorrect_action", player.rewards.incorrect_action);
  reward_reader.Read("place_wrong", player.rewards.place_wrong);
  reward_reader.Read("own_reward_prop", player.rewards.own_reward_prop);
  reward_reader.Read("get_resources", player.rewards.get_resources);
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

absl::StatusOr<GameConfig> GameConfigFromJson(const json& object) {
  GameConfig config;
  ObjectReader reader(object, "config");
  int num_players = 0;
  reader.Read("num_players", num_players);
  reader.Read("horizon", config.horizon);
  reader.Read("random_start_locations", config.random_start_locations);
  reader.Read("randomize_first_episode_length", config.randomize_first_episode_length);
  reader.Read("terminate_on_goal_completion", config.terminate_on_goal_completion);
  reader.Read("truncate_on_no_progress_timesteps", config.truncate_on_no_progress_timesteps);
  const json* size = reader.Find("world_size");
  const json* abilities = reader.Find("abilities");
  const json* players = reader.Find("players");
  if (size != nullptr) {
    const bool three = size->is_array() && size->size() == 3 && ObjectReader::IsInt((*size)[0]) &&
                       ObjectReader::IsInt((*size)[1]) && ObjectReader::IsInt((*size)[2]);
    if (three) {
      config.size = {(*size)[0].get<int>(), (*size)[1].get<int>(), (*size)[2].get<int>()};
    } else {
      reader.Fail(reader.Path("world_size"), "three integers");
    }
  }
  if (players != nullptr &&
      (!players->is_array() || static_cast<int64_t>(players->size()) != num_players)) {
    reader.Fail(reader.Path("players"), "an array of num_players objects");
  }
  if (absl::Status status = reader.Finish(); !status.ok()) return status;

  ObjectReader ability_reader(*abilities, reader.Path("abilities"));
  ability_reader.Read("teleportation", config.abilities.teleportation);
  ability_reader.Read("flying", config.abilities.flying);
  ability_reader.Read("inf_blocks", config.abilities.inf_blocks);
  if (absl::Status status = ability_reader.Finish(); !status.ok()) return status;

  config.players.assign(num_players, PlayerConfig());
  for (int p = 0; p < num_players; ++p) {
    const std::string path = absl::StrCat("config.players[", p, "]");
    absl::Status status = ReadPlayer((*players)[p], path, config.players[p]);
    if (!status.ok()) return status;
  }
  if (absl::Status status = Validate(config); !status.ok()) return status;
  return config;
}

}  // namespace hod::env
