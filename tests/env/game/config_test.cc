// Validation of settings, schedules, and settings as JSON.
#include "env/game/config.h"

#include <functional>

#include "env/traces/config_json.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"

namespace hod::env {
namespace {

using nlohmann::json;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_CASE("validation names the setting that is out of range") {
  const auto message = [](const std::function<void(GameConfig&)>& damage) {
    GameConfig config;
    damage(config);
    return Message(Validate(config));
  };
  CHECK(Validate(GameConfig()).ok());
  CHECK_THAT(message([](auto& c) { c.size.h = 3; }), Catch::Contains("world_size"));
  CHECK_THAT(message([](auto& c) { c.size.d = 65; }), Catch::Contains("world_size"));
  CHECK_THAT(message([](auto& c) { c.players.clear(); }), Catch::Contains("num_players"));
  CHECK_THAT(message([](auto& c) { c.players.resize(9); }), Catch::Contains("num_players"));
  CHECK_THAT(message([](auto& c) { c.horizon = 0; }), Catch::Contains("horizon"));
  CHECK_THAT(message([](auto& c) { c.abilities.flying = false; }), Catch::Contains("flying"));
  CHECK_THAT(message([](auto& c) { c.truncate_on_no_progress_timesteps = 0; }),
             Catch::Contains("truncate_on_no_progress_timesteps"));
  CHECK_THAT(message([](auto& c) { c.players[1].timestep_skip = 0; }),
             Catch::Contains("players[1].timestep_skip"));
  for (const double reward : {1.1e6, -1e300, double{INFINITY}, double{NAN}}) {
    CHECK_THAT(message([&](auto& c) { c.players[1].rewards.action = reward; }),
               Catch::Contains("players[1].rewards.action"));
  }
}

TEST_CASE("schedules are linear between their points and constant outside") {
  const Schedule schedule({{100, 1.0}, {200, 3.0}, {400, -1.0}});
  CHECK(schedule.At(-5) == 1.0);
  CHECK(schedule.At(100) == 1.0);
  CHECK(schedule.At(150) == 2.0);
  CHECK(schedule.At(200) == 3.0);
  CHECK(schedule.At(300) == 1.0);
  CHECK(schedule.At(400) == -1.0);
  CHECK(schedule.At(int64_t{1} << 40) == -1.0);
  CHECK(Schedule(0.25).At(12345) == 0.25);
}

TEST_CASE("settings survive the way through JSON") {
  Rng rng(1);
  for (int i = 0; i < 50; ++i) {
    GameConfig config = RandomConfig(rng);
    config.players[0].is_human = i % 2 == 0;
    config.randomize_first_episode_length = i % 3 == 0;
    config.players.back().rewards.noop = Schedule({{0, 0.5}, {1000, 0.0}});
    const json written = ToJson(config);
    const auto read = GameConfigFromJson(json::parse(written.dump()));
    INFO(read.status().ToString());
    REQUIRE(read.ok());
    CHECK(ToJson(*read) == written);
    CHECK(read->players.back().rewards.noop.At(500) == 0.25);
    CHECK(read->size == config.size);
  }
}

// Visits every key of every object in `value`: (object that holds it, key, its dotted path).
void ForEachKey(json& value, const std::string& path,
                const std::function<void(json&, const std::string&, const std::string&)>& visit) {
  if (value.is_array()) {
    for (json& entry : value) ForEachKey(entry, path, visit);
  }
  if (!value.is_object()) return;
  std::vector<std::string> keys;
  for (const auto& item : value.items()) keys.push_back(item.key());
  for (const std::string& key : keys) {
    visit(value, key, path + "." + key);
    ForEachKey(value[key], path + "." + key, visit);
  }
}

TEST_CASE("a missing, mistyped or unknown key is refused by name") {
  json config = ToJson(GameConfig());
  int keys = 0;
  ForEachKey(config, "config", [&](json& object, const std::string& key, const std::string& path) {
    ++keys;
    INFO(path);
    const json value = object[key];
    object.erase(key);
    CHECK_THAT(Message(GameConfigFromJson(config).status()), Catch::Contains(key));
    object[key] = "text";
    CHECK_THAT(Message(GameConfigFromJson(config).status()), Catch::Contains(key));
    object[key] = value;
    if (!value.is_object()) return;
    object[key]["surprise"] = 1;
    CHECK_THAT(Message(GameConfigFromJson(config).status()),
               Catch::Contains("unknown key surprise"));
    object[key].erase("surprise");
  });
  CHECK(keys == 9 + 3 + 2 * (4 + 6));
  CHECK(GameConfigFromJson(config).ok());
  CHECK_FALSE(GameConfigFromJson(json::array()).ok());
}

TEST_CASE("numbers that do not fit are refused, never wrapped") {
  const auto refused = [](const char* key, const json& value) {
    json config = ToJson(GameConfig());
    config[key] = value;
    const auto read = GameConfigFromJson(config);
    return !read.ok() && Message(read.status()).find(key) != std::string::npos;
  };
  CHECK(refused("world_size", {4294967307, 10, 10}));  // 11 in 32 bits.
  CHECK(refused("world_size", {11.5, 10, 10}));
  CHECK(refused("world_size", {11, 10}));
  CHECK(refused("horizon", 4294967297));
  CHECK(refused("horizon", 18446744073709551615u));
  CHECK(refused("horizon", 1.5));
  CHECK(refused("horizon", true));
  CHECK(refused("num_players", 3));
  CHECK(refused("num_players", -1));
  CHECK(refused("truncate_on_no_progress_timesteps", 0));
}

TEST_CASE("schedules in JSON need ascending points") {
  const auto read = [](const json& schedule) {
    json config = ToJson(GameConfig());
    config["players"][0]["rewards"]["noop"] = schedule;
    return GameConfigFromJson(config).status();
  };
  CHECK(read({{0, 1.0}, {10, 2}}).ok());
  for (const json& bad : {json::array(), json({{0, 1}, {0, 2}}), json({{5, 1}, {0, 2}}),
                          json({{0.5, 1}}), json({{0, "x"}}), json({{0, 1, 2}}), json({1, 2})}) {
    INFO(bad.dump());
    CHECK_THAT(Message(read(bad)), Catch::Contains("players[0].rewards.noop"));
  }
}

}  // namespace
}  // namespace hod::env
