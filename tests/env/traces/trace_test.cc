// Recording, verifying and reading traces; files that are damaged in every way.
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "env/base/gzip_lines.h"
#include "env/recordings/recorded_episode.h"
#include "env/traces/compare_json.h"
#include "env/traces/episode_trace.h"
#include "env/traces/trace_recorder.h"
#include "env/traces/trace_verifier.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"

namespace hod::env {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;

// Records random play under `config` to its end.
void Record(const std::string& path, const GameConfig& config, uint64_t seed,
            int64_t global_timestep = 0) {
  Rng rng(seed);
  const Game game(config, RandomGoal(config, rng), global_timestep);
  State state = game.Reset(rng);
  auto recorder = TraceRecorder::Create(path, &game, state, "random", 7);
  REQUIRE(recorder.ok());
  for (bool done = false; !done;) {
    const std::vector<Action> actions = RandomActions(game, state, rng);
    const StepOutcome outcome = game.Step(state, actions);
    REQUIRE(recorder->Step(actions, outcome, state).ok());
    done = outcome.done();
  }
  REQUIRE(recorder->Finish().ok());
}

GameConfig SmallConfig(bool inf_blocks) {
  GameConfig config;
  config.size = {5, 5, 5};
  config.horizon = 12;
  config.abilities.inf_blocks = inf_blocks;
  return config;
}

// Lines of a small recorded episode.
Lines SmallEpisode(bool inf_blocks) {
  const TempDir dir;
  Record(dir / "episode", SmallConfig(inf_blocks), 3);
  return ReadGzipLines(dir / "episode");
}

absl::StatusOr<VerifyReport> Verify(const Lines& lines) {
  const TempDir dir;
  WriteGzipLines(dir / "trace.gz", lines);
  return VerifyEpisodes(dir / "trace.gz");
}

// The error for lines of which number `index` has been changed.
std::string ErrorAfter(Lines lines, size_t index, const std::function<void(json&)>& change) {
  json line = json::parse(lines[index]);
  change(line);
  lines[index] = line.dump();
  const auto report = Verify(lines);
  if (report.ok()) return "accepted: " + report->first_difference.value_or("no difference");
  return std::string(report.status().message());
}

TEST_CASE("recorded random episodes are accepted, and read back as played") {
  const TempDir dir;
  Rng rng(1);
  for (int i = 0; i < 40; ++i) {
    GameConfig config = RandomConfig(rng);
    config.horizon = rng.Between(1, config.abilities.teleportation ? 25 : 60);
    for (PlayerConfig& player : config.players) player.is_human = rng.Chance(0.2);
    Record(dir / "trace.gz", config, i);
    const auto report = VerifyEpisodes(dir / "trace.gz");
    INFO("episode " << i << " " << report.status().ToString());
    REQUIRE(report.ok());
    INFO(report->first_difference.value_or(""));
    REQUIRE_FALSE(report->first_difference.has_value());
    CHECK(report->episodes == 1);

    const auto episode = ReadEpisode(dir / "trace.gz", 0);
    REQUIRE(episode.ok());
    CHECK(static_cast<int64_t>(episode->steps.size()) == report->steps);
    CHECK(episode->game.config().size == config.size);
  }
}

TEST_CASE("rewards that are schedules are recorded as they were in force") {
  const TempDir dir;
  GameConfig config = SmallConfig(true);
  config.players[0].rewards.noop = Schedule({{0, -1.0}, {100, 0.0}});
  config.players[1].rewards.place_wrong = Schedule({{0, 0.0}, {100, -1.0}});
  Record(dir / "trace.gz", config, 1, /*global_timestep=*/75);
  const auto report = VerifyEpisodes(dir / "trace.gz");
  REQUIRE(report.ok());
  INFO(report->first_difference.value_or(""));
  CHECK_FALSE(report->first_difference.has_value());
  const json reset = json::parse(ReadGzipLines(dir / "trace.gz").front());
  CHECK(reset["config"]["players"][0]["rewards"]["noop"] == -0.25);
  CHECK(reset["config"]["players"][1]["rewards"]["place_wrong"] == -0.75);
}

TEST_CASE("an episode that is not finished leaves no file") {
  const TempDir dir;
  {
    Rng rng(1);
    const GameConfig config = SmallConfig(true);
    const Game game(config, RandomGoal(config, rng));
    const State state = game.Reset(rng);
    auto recorder = TraceRecorder::Create(dir / "trace.gz", &game, state, "x", 0);
    REQUIRE(recorder.ok());
    CHECK_FALSE(std::filesystem::exists(dir / "trace.gz"));
  }
  CHECK(std::filesystem::is_empty(dir.path()));
  Rng rng(1);
  const Game game(SmallConfig(true), EmptyWorld({5, 5, 5}));
  const auto nowhere =
      TraceRecorder::Create(dir / "missing/trace.gz", &game, game.Reset(rng), "x", 0);
  REQUIRE_FALSE(nowhere.ok());
  CHECK_THAT(std::string(nowhere.status().message()), Catch::Contains("missing/trace.gz"));
}

// Changes number, flag or text at every place of a line, one at a time.
void ForEachLeaf(json& value, const std::function<void()>& visit) {
  if (value.is_structured()) {
    for (json& inner : value) ForEachLeaf(inner, visit);
    return;
  }
  const json original = value;
  if (value.is_boolean()) {
    value = !value.get<bool>();
  } else if (value.is_number_integer()) {
    value = value.get<int64_t>() + 1;
  } else if (value.is_number()) {
    value = value.get<double>() + 1e-3;
  } else if (value.is_string()) {
    value = value.get<std::string>() + "x";
  } else {
    value = 5;
  }
  visit();
  value = original;
}

TEST_CASE("any number that is changed in a step is noticed") {
  for (const bool inf_blocks : {true, false}) {
    const Lines lines = SmallEpisode(inf_blocks);
    const size_t changed = 10;  // A step with valid actions and inventories in full.
    json line = json::parse(lines[changed]);
    Lines damaged = lines;
    int changes = 0, skipped = 0;
    ForEachLeaf(line, [&]() {
      // One leaf in seven of the long lists: each costs a replay.
      if (++changes > 120 && changes % 7 != 0) {
        ++skipped;
        return;
      }
      damaged[changed] = line.dump();
      const auto report = Verify(damaged);
      INFO(report.status().ToString() << " for " << line.dump());
      if (report.ok()) {
        REQUIRE(report->first_difference.has_value());
        CHECK_THAT(*report->first_difference, Catch::Contains(": line "));
      } else {
        CHECK_THAT(std::string(report.status().message()), Catch::Contains(": line "));
      }
    });
    CHECK(changes - skipped > 100);
  }
}

TEST_CASE("a difference names file, line, episode, step, key and both values") {
  const TempDir dir;
  Lines lines = SmallEpisode(true);
  json step = json::parse(lines[4]);
  step["rewards"][1] = 17;
  lines[4] = step.dump();
  WriteGzipLines(dir / "wrong.gz", lines);
  const auto report = VerifyEpisodes(dir / "wrong.gz");
  REQUIRE(report.ok());
  REQUIRE(report->first_difference.has_value());
  for (const char* part : {"wrong.gz: line 5", "random", "seed 7", "t 4", "rewards[1]", "17"}) {
    CHECK_THAT(*report->first_difference, Catch::Contains(part));
  }
}

TEST_CASE("a key that is missing or added is noticed") {
  const Lines lines = SmallEpisode(false);
  for (const size_t index : {size_t{0}, size_t{10}}) {
    const json line = json::parse(lines[index]);
    for (const auto& item : line.items()) {
      const std::string& key = item.key();
      // These lists are given in full or not at all.
      if (index > 0 && (key == "valid_actions" || key == "valid_actions_los")) continue;
      if (index > 0 && key == "inventories") continue;
      CHECK_THAT(ErrorAfter(lines, index, [&](json& l) { l.erase(key); }), Catch::Contains(key));
    }
    CHECK_THAT(ErrorAfter(lines, index, [](json& l) { l["surprise"] = 1; }),
               Catch::Contains("surprise"));
  }
}

TEST_CASE("values of the wrong type are refused or differ, whatever the key") {
  const Lines lines = SmallEpisode(false);
  for (const size_t index : {size_t{0}, size_t{10}}) {
    const json line = json::parse(lines[index]);
    for (const auto& item : line.items()) {
      for (const json& wrong : {json("text"), json::object(), json::array(), json(), json(-1),
                                json(1e300), json(18446744073709551615u), json(true)}) {
        if (item.value() == wrong) continue;
        if (item.key() == "name" && wrong.is_string()) continue;  // Labels are free.
        if (item.key() == "seed" && wrong == -1) continue;
        INFO(item.key() << " = " << wrong.dump());
        const std::string error = ErrorAfter(lines, index, [&](json& l) { l[item.key()] = wrong; });
        CHECK(error != "accepted: no difference");
        CHECK_THAT(error, Catch::Contains(": line "));
      }
    }
  }
}

TEST_CASE("ids out of range and absurd sizes are errors that name file, line and key") {
  const Lines lines = SmallEpisode(false);
  const auto check = [&](size_t index, const char* key, const std::function<void(json&)>& change) {
    const std::string error = ErrorAfter(lines, index, change);
    INFO(key);
    CHECK_THAT(error, Catch::Contains("trace.gz: line " + std::to_string(index + 1)));
    CHECK_THAT(error, Catch::Contains(key));
    CHECK_THAT(error, !Catch::Contains("accepted"));
  };
  check(0, "goal_blocks[3]", [](json& l) { l["goal_blocks"][3] = 10; });
  check(0, "current_blocks[0]", [](json& l) { l["current_blocks"][0] = -1; });
  check(0, "current_blocks", [](json& l) { l["current_blocks"].erase(0); });
  check(0, "timestep", [](json& l) { l["timestep"] = -1; });
  check(0, "timestep", [](json& l) { l["timestep"] = 2147483647; });
  check(0, "player_locations[1]", [](json& l) { l["player_locations"][1][1] = 1e9; });
  check(0, "player_locations[0]", [](json& l) { l["player_locations"][0][0] = 0.25; });
  check(0, "player_locations", [](json& l) { l["player_locations"] = nullptr; });
  check(0, "inventories", [](json& l) { l["inventories"][0][35] = {3, 65}; });
  check(0, "inventories", [](json& l) { l["inventories"][0][35] = {10, 1}; });
  check(0, "inventories", [](json& l) { l["inventories"][1].erase(0); });
  check(0, "world_size", [](json& l) { l["config"]["world_size"] = {65, 5, 5}; });
  check(0, "world_size", [](json& l) { l["config"]["world_size"] = {1000000, 100000, 100000}; });
  check(0, "num_players", [](json& l) { l["config"]["num_players"] = 1000000000; });
  check(2, "actions", [](json& l) { l["actions"][0] = {1, 125, 2}; });
  check(2, "actions", [](json& l) { l["actions"][0] = {10, 0, 0}; });
  check(2, "actions", [](json& l) { l["actions"][0] = {1, 0, 10}; });
  check(2, "actions", [](json& l) { l["actions"][0] = {1.5, 0, 2}; });
  check(2, "players", [](json& l) { l["actions"].erase(0); });
  check(2, "type", [](json& l) { l["type"] = "jump"; });

  const Lines infinite = SmallEpisode(true);
  CHECK_THAT(ErrorAfter(infinite, 2,
                        [](json& l) {
                          l["actions"][0] = {9, 0, 2};
                        }),
             Catch::Contains("no action type 9"));
}

TEST_CASE("lines that are not JSON, or too deep to print, are errors that name file and line") {
  const Lines lines = SmallEpisode(true);
  const auto error = [&](const std::string& bad) {
    Lines damaged = lines;
    damaged[2] = bad;
    const auto report = Verify(damaged);
    return std::string(report.status().message());
  };
  const std::string good = lines[2];
  const Lines bad_lines = {
      "",
      "{",
      good.substr(0, good.size() / 2),
      good + "}",
      good + good,
      "[1,2,3]",
      "null",
      "\"step\"",
      std::string(200000, '['),
      "{\"type\":\"step\",\"t\":" + std::string(100000, '[') + std::string(100000, ']') + "}",
      good + std::string(1, '\0') + "x",
      std::string("\xff\xfe") + good,
      "{\"type\":\"step\",\"t\":1e999}"};
  for (const std::string& bad : bad_lines) {
    INFO(bad.substr(0, 60));
    CHECK_THAT(error(bad), Catch::Contains("trace.gz: line 3"));
  }
}

TEST_CASE("lines out of order are errors") {
  const Lines lines = SmallEpisode(true);
  const auto message = [](const Lines& damaged) {
    return std::string(Verify(damaged).status().message());
  };
  CHECK_THAT(message(Lines(lines.begin() + 1, lines.end())), Catch::Contains("before the first"));
  CHECK_THAT(message(Lines(lines.begin(), lines.end() - 1)), Catch::Contains("in the middle"));
  Lines longer = lines;
  longer.push_back(lines.back());
  CHECK_THAT(message(longer), Catch::Contains("after the end"));
  CHECK_THAT(message({}), Catch::Contains("no episode"));
  Lines twice = lines;
  twice.insert(twice.end(), lines.begin(), lines.end());
  CHECK(Verify(twice)->episodes == 2);
}

TEST_CASE("a file cut off anywhere is an error, for verifier and reader") {
  const TempDir dir;
  WriteGzipLines(dir / "whole.gz", SmallEpisode(true));
  const std::string bytes = ReadBytes(dir / "whole.gz");
  REQUIRE(VerifyEpisodes(dir / "whole.gz").ok());
  for (size_t length = 0; length < bytes.size();
       length += length < 20 || length + 20 > bytes.size() ? 1 : 1 + bytes.size() / 150) {
    WriteBytes(dir / "cut.gz", bytes.substr(0, length));
    INFO("cut after " << length << " of " << bytes.size());
    const auto report = VerifyEpisodes(dir / "cut.gz");
    REQUIRE_FALSE(report.ok());
    CHECK_THAT(std::string(report.status().message()), Catch::Contains("cut.gz"));
    // The reader stops at the episode's end, before that of the file.
    if (length + 32 < bytes.size()) CHECK_FALSE(ReadEpisode(dir / "cut.gz", 0).ok());
  }
}

TEST_CASE("a file with a flipped byte is an error, or at least no crash") {
  const TempDir dir;
  WriteGzipLines(dir / "whole.gz", SmallEpisode(true));
  const std::string bytes = ReadBytes(dir / "whole.gz");
  Rng rng(5);
  for (int i = 0; i < 150; ++i) {
    std::string damaged = bytes;
    const int at = rng.Between(10, static_cast<int>(bytes.size()) - 9);  // In the deflated data.
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << rng.Below(8)));
    WriteBytes(dir / "flipped.gz", damaged);
    INFO("byte " << at);
    const auto report = VerifyEpisodes(dir / "flipped.gz");
    CHECK((!report.ok() || report->first_difference.has_value()));
  }
}

TEST_CASE("files that are no traces are errors that name them") {
  const TempDir dir;
  const auto message = [&](const std::string& path) {
    return std::string(VerifyEpisodes(path).status().message());
  };
  CHECK_THAT(message(dir / "missing.gz"), Catch::Contains("missing.gz"));
  CHECK_THAT(message(dir.path()), Catch::Contains(dir.path()));
  WriteBytes(dir / "noise", std::string("\x1f\x8b\x08 this is no deflate stream", 29));
  CHECK_THAT(message(dir / "noise"), Catch::Contains("noise"));
  WriteBytes(dir / "zeros", std::string(100000, '\0'));
  CHECK_THAT(message(dir / "zeros"), Catch::Contains("zeros: line 1"));
  WriteBytes(dir / "empty", "");
  CHECK_THAT(message(dir / "empty"), Catch::Contains("empty"));
}

TEST_CASE("gzip lines: long lines, empty lines and a last line without an end come through") {
  const TempDir dir;
  const Lines lines = {"a", "", std::string(200000, 'x'), std::string(65536, 'y'), "z"};
  WriteGzipLines(dir / "lines.gz", lines);
  CHECK(ReadGzipLines(dir / "lines.gz") == lines);
  WriteBytes(dir / "plain", "first\nlast");  // Uncompressed text is read as it is.
  CHECK(ReadGzipLines(dir / "plain") == Lines{"first", "last"});
}

TEST_CASE("gaps add up to the list") {
  const std::vector<int32_t> ids = {0, 3, 4, 10, 700};
  CHECK(GapEncode(ids) == std::vector<int32_t>{0, 3, 1, 6, 690});
  CHECK(GapDecode(GapEncode(ids)) == ids);
  CHECK(GapEncode({}).empty());
}

TEST_CASE("JSON values differ beyond the tolerance, and the place is named") {
  const json a = {{"x", {1, 2.0, {{"y", "z"}}}}};
  json b = a;
  CHECK_FALSE(FirstDifference(a, b, "").has_value());
  b["x"][1] = 2.0 + 1e-10;
  CHECK_FALSE(FirstDifference(a, b, "").has_value());
  b["x"][1] = 2.0 + 1e-8;
  CHECK(FirstDifference(a, b, "") == "x[1]: expected 2.0, got 2.00000001");
  CHECK_FALSE(FirstDifference(a, b, "", 1e-5).has_value());
  CHECK_FALSE(FirstDifference(1e12, 1e12 + 1, "").has_value());    // Relative above 1.
  CHECK(FirstDifference(4000000000, 4000000001, "").has_value());  // But not for whole numbers.
  CHECK(FirstDifference(json(), 0, "k").has_value());
  CHECK(FirstDifference({{"p", 1}}, json::object(), "").has_value());
  CHECK(FirstDifference(json::object(), {{"p", 1}}, "").has_value());
}

}  // namespace
}  // namespace hod::env
