// Reading recordings of people: what rows give, and files that are damaged in every way.
#include "env/recordings/human_recording.h"

#include <functional>
#include <nlohmann/json.hpp>

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/small_recording.h"

namespace hod::env {
namespace {

using nlohmann::json;

constexpr RecordingKind kTimelines[] = {RecordingKind::kAlone, RecordingKind::kView,
                                        RecordingKind::kJoint, RecordingKind::kTutorial};

std::vector<std::string> Dump(const std::vector<json>& lines) {
  std::vector<std::string> text;
  for (const json& line : lines) text.push_back(line.dump());
  return text;
}

// Reads a file to its end.
absl::Status ReadAll(const std::string& path, std::vector<HumanRow>* rows = nullptr) {
  auto reader = HumanRecordingReader::Open(path);
  if (!reader.ok()) return reader.status();
  for (;;) {
    const auto episode = reader->NextEpisode();
    if (!episode.ok() || !*episode) return episode.status();
    for (;;) {
      const auto row = reader->NextRow();
      if (!row.ok()) return row.status();
      if (!*row) break;
      if (rows != nullptr) rows->push_back(reader->row());
    }
  }
}

std::string ErrorOf(const std::vector<std::string>& lines) {
  const TempDir dir;
  WriteGzipLines(dir / "people.gz", lines);
  const absl::Status status = ReadAll(dir / "people.gz");
  return status.ok() ? "accepted" : std::string(status.message());
}

// The error for a recording of which line `index` (0 the header) has been changed.
std::string ErrorAfter(RecordingKind timeline, size_t index,
                       const std::function<void(json&)>& change) {
  std::vector<json> lines = SmallRecording(timeline);
  change(lines[index]);
  return ErrorOf(Dump(lines));
}

TEST_CASE("rows of people hold the state, with who broke what, and the action") {
  const TempDir dir;
  WriteGzipLines(dir / "people.gz", Dump(SmallRecording(RecordingKind::kJoint)));
  auto reader = HumanRecordingReader::Open(dir / "people.gz");
  REQUIRE(reader.ok());
  REQUIRE(*reader->NextEpisode());
  const HumanEpisode& episode = reader->episode();
  CHECK(episode.timeline == RecordingKind::kJoint);
  CHECK(episode.viewer == -1);
  CHECK(episode.participant == 3);
  CHECK(episode.game.config().players[1].is_human);

  const WorldSize& size = episode.game.size();
  const int dug = size.Index({1, 1, 1});
  REQUIRE(*reader->NextRow());
  HumanRow row = reader->row();
  CHECK(row.state.blocks == EmptyWorld(size));
  CHECK(row.actor == 1);
  CHECK(row.KnownActions()[1] == Action{ActionType::kBreak, dug});
  CHECK(row.KnownActions()[0] == Action{});
  CHECK(row.synced->empty());

  REQUIRE(*reader->NextRow());
  row = reader->row();
  CHECK(row.t == 1);
  CHECK(row.state.timestep == 1);
  CHECK(row.state.blocks[dug] == kAir);
  CHECK(row.state.last_interacted[dug] == 1);
  CHECK(row.state.interacted_at[dug] == 0);
  CHECK(row.state.broken[size.Volume() + dug] == 1 << kDirt);
  CHECK(row.state.broken[dug] == 0);
  CHECK(row.matches == row.state.num_matches);

  // A row can be played on: the rules give the next row's world.
  State played = row.state;
  episode.game.Step(played, row.KnownActions());
  REQUIRE(*reader->NextRow());
  CHECK(played.blocks == reader->row().state.blocks);
  CHECK(played.players[1].feet == reader->row().state.players[1].feet);
  CHECK_FALSE(*reader->NextEpisode());  // Over the rows that are left.
}

TEST_CASE("in one player's view the others' actions are unknown, in all of them waits are noops") {
  const TempDir dir;
  WriteGzipLines(dir / "people.gz", Dump(SmallRecording(RecordingKind::kView)));
  std::vector<HumanRow> rows;
  REQUIRE(ReadAll(dir / "people.gz", &rows).ok());
  CHECK(rows[0].is_noop());
  CHECK_FALSE(rows[0].outcome.has_value());
  CHECK(rows[2].state.timestep == 0);  // The wait's observation.
  CHECK(rows[2].outcome.has_value());
  for (const HumanRow& row : rows) {
    CHECK(row.actor == 1);
    CHECK_FALSE(row.actions[0].has_value());
    CHECK(row.actions[1].has_value());
    CHECK(row.mask.has_value());
    CHECK_FALSE(row.synced.has_value());
  }
}

TEST_CASE("tutorials have inventories, and breaks may name the block of the palette") {
  const TempDir dir;
  std::vector<json> lines = SmallRecording(RecordingKind::kTutorial);
  REQUIRE(lines[2]["actions"][0][0] == 2);
  lines[2]["actions"][0][2] = 5;  // What the palette holds there.
  WriteGzipLines(dir / "people.gz", Dump(lines));
  std::vector<HumanRow> rows;
  const absl::Status status = ReadAll(dir / "people.gz", &rows);
  INFO(status.ToString());
  REQUIRE(status.ok());
  CHECK(rows[1].actions[0]->block == kAir);
  CHECK(rows[2].state.players[0].inventory.Count(kDirt) == 1);
  CHECK(rows[2].state.players[0].inventory.Count(kLog) == 1);
  CHECK(rows.back().final);
  CHECK_THAT(ErrorAfter(RecordingKind::kTutorial, 2, [](json& l) { l["actions"][0][2] = 6; }),
             Catch::Contains("the log that is broken"));
}

TEST_CASE("keys that are missing or unknown are errors that name file, line and key") {
  for (const RecordingKind timeline : kTimelines) {
    const std::vector<json> lines = SmallRecording(timeline);
    for (const size_t index : {size_t{0}, size_t{3}, lines.size() - 1}) {
      for (const auto& item : lines[index].items()) {
        const std::string& key = item.key();
        const std::string error = ErrorAfter(timeline, index, [&](json& l) { l.erase(key); });
        INFO("without " << key);
        CHECK_THAT(error, Catch::Contains("people.gz: line " + std::to_string(index + 1) + ": "));
        // Without it, a header is taken for that of a tutorial.
        if (key != "view_player") CHECK_THAT(error, Catch::Contains(key));
      }
      CHECK_THAT(ErrorAfter(timeline, index, [](json& l) { l["surprise"] = 1; }),
                 Catch::Contains("line " + std::to_string(index + 1) + ": unknown key surprise"));
    }
    for (const auto& item : lines[0]["config"].items()) {
      CHECK_THAT(ErrorAfter(timeline, 0, [&](json& l) { l["config"].erase(item.key()); }),
                 Catch::Contains("config." + item.key()));
    }
  }
}

TEST_CASE("values of the wrong type are errors that name the key") {
  for (const RecordingKind timeline : kTimelines) {
    const std::vector<json> lines = SmallRecording(timeline);
    for (const size_t index : {size_t{0}, size_t{3}}) {
      for (const auto& item : lines[index].items()) {
        const bool text = item.value().is_string(), number = item.value().is_number();
        for (const json& wrong : {json("x"), json::object(), json(), json(-2), json(1e300),
                                  json(18446744073709551615u), json(true), json::array({"x"})}) {
          if (text && wrong.is_string()) continue;
          if (number && item.value().is_number_float() && wrong.is_number()) continue;
          if (item.key() == "action_correct" && wrong.is_boolean()) continue;
          if (item.key() == "cumulative_reward" && wrong.is_number()) continue;
          INFO(item.key() << " = " << wrong.dump());
          const std::string error =
              ErrorAfter(timeline, index, [&](json& l) { l[item.key()] = wrong; });
          CHECK_THAT(error, Catch::Contains("people.gz: line "));
          CHECK_THAT(error, Catch::Contains(item.key()));
        }
      }
    }
  }
}

TEST_CASE("what is out of range is an error that names file, line and key") {
  const auto check = [](RecordingKind timeline, size_t index, const char* key,
                        const std::function<void(json&)>& change) {
    const std::string error = ErrorAfter(timeline, index, change);
    INFO(key);
    CHECK_THAT(error, Catch::Contains("people.gz: line " + std::to_string(index + 1)));
    CHECK_THAT(error, Catch::Contains(key));
  };
  const RecordingKind alone = RecordingKind::kAlone, joint = RecordingKind::kJoint,
                      view = RecordingKind::kView;
  check(alone, 0, "world_size", [](json& l) {
    l["world_size"] = l["config"]["world_size"] = {1000000, 100000, 100000};
  });
  check(alone, 0, "config.world_size", [](json& l) { l["world_size"] = {6, 6, 6}; });
  check(alone, 0, "num_rows", [](json& l) { l["num_rows"] = 2147483647; });
  check(alone, 0, "config.num_players", [](json& l) { l["config"]["num_players"] = 1000000000; });
  check(alone, 0, "config.num_flat_actions",
        [](json& l) { l["config"]["num_flat_actions"] = 12107; });
  check(alone, 0, "config.is_human", [](json& l) { l["config"]["is_human"] = {false}; });
  check(alone, 0, "config.inf_blocks", [](json& l) { l["config"]["inf_blocks"] = false; });
  check(alone, 0, "block_names",
        [](json& l) { std::swap(l["block_names"][4], l["block_names"][5]); });
  check(alone, 0, "goal_blocks", [](json& l) { l["goal_blocks"].erase(0); });
  check(alone, 0, "goal_blocks[7]", [](json& l) { l["goal_blocks"][7] = 10; });
  check(alone, 0, "current_blocks[7]", [](json& l) { l["current_blocks"][7] = -1; });
  check(alone, 0, "view_player", [](json& l) { l["view_player"] = 1; });
  check(joint, 0, "last_interacted[0]", [](json& l) { l["last_interacted"] = {{180, 0}}; });
  check(joint, 0, "last_interacted[1]", [](json& l) { l["last_interacted"] = {{4, 0}, {4, 1}}; });
  check(joint, 0, "last_interacted[0]", [](json& l) { l["last_interacted"] = {{4, 2}}; });
  check(RecordingKind::kTutorial, 0, "inventory[2]", [](json& l) { l["inventory"][2] = 1000000; });
  check(RecordingKind::kTutorial, 0, "inventory",
        [](json& l) { l["inventory"] = std::vector<int>(10, 64 * 4); });
  check(RecordingKind::kTutorial, 3, "inventory_changed", [](json& l) {
    l["inventory_changed"] = {{2, 2304}, {3, 1}};
  });
  check(RecordingKind::kTutorial, 2, "time", [](json& l) { l["time"] = "yesterday"; });
  check(alone, 2, "t: ", [](json& l) { l["t"] = 5; });
  check(alone, 3, "obs_timestep", [](json& l) { l["obs_timestep"] = 3; });
  check(alone, 1, "first row", [](json& l) { l["changed_blocks"] = {{20, 1}}; });
  check(alone, 4, "changed_blocks[0]", [](json& l) { l["changed_blocks"] = {{180, 1}}; });
  check(alone, 4, "changed_blocks[0]", [](json& l) { l["changed_blocks"] = {{20, 10}}; });
  check(alone, 4, "voxel 0 holds 1 already", [](json& l) { l["changed_blocks"] = {{0, 1}}; });
  check(alone, 4, "sync_blocks[0]", [](json& l) { l["sync_blocks"] = {{-1, 1}}; });
  check(alone, 4, "player_locations[0]", [](json& l) { l["player_locations"][0][1] = 5; });
  check(alone, 4, "player_locations", [](json& l) { l["player_locations"].push_back({0, 2, 0}); });
  check(alone, 3, "actions: location", [](json& l) { l["actions"][0][1] = 180; });
  check(alone, 3, "actions: type", [](json& l) { l["actions"][0][0] = 10; });
  check(alone, 3, "flat_actions", [](json& l) { l["flat_actions"][0] = 0; });
  check(alone, 3, "actions[0]", [](json& l) { l["actions"][0] = nullptr; });
  check(view, 3, "actions[0]", [](json& l) { l["actions"][0] = {0, 0, 0}; });
  check(joint, 3, "actions[1]", [](json& l) { l["actor"] = 0; });
  check(joint, 3, "actor", [](json& l) { l["actor"] = 2; });
  check(joint, 3, "rewards", [](json& l) { l["rewards"] = {0.0}; });
  check(alone, 3, "mask", [](json& l) { l["mask"][3] = 4294967296; });
  check(alone, 3, "info.goal_similarity", [](json& l) { l["info"]["goal_similarity"] = 180.5; });
  check(alone, 3, "info.own_reward", [](json& l) { l["info"].erase("own_reward"); });
  check(alone, 3, "info: unknown key x", [](json& l) { l["info"]["x"] = 1; });
}

TEST_CASE("recordings with lines too few, too many or broken are errors") {
  const std::vector<std::string> lines = Dump(SmallRecording(RecordingKind::kAlone));
  const std::string last = "line " + std::to_string(lines.size());
  std::vector<std::string> changed = lines;
  changed.pop_back();
  CHECK_THAT(ErrorOf(changed), Catch::Contains("expected num_rows"));
  changed = lines;
  changed.push_back(lines.back());  // Taken for a header.
  CHECK_THAT(ErrorOf(changed), Catch::Contains("line " + std::to_string(lines.size() + 1)));
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("[]"), lines[3].substr(0, 100),
        std::string(200000, '['), lines[3] + std::string(1, '\0')}) {
    changed = lines;
    changed[3] = bad;
    CHECK_THAT(ErrorOf(changed), Catch::Contains("people.gz: line 4"));
  }
  changed[3] = "{\"t\":\"" + std::string(kMaxRecordingLine, 'x') + "\"}";
  CHECK_THAT(ErrorOf(changed), Catch::Contains("line 4 is longer than"));
  changed = lines;
  changed.insert(changed.end(), lines.begin(), lines.end());
  CHECK(ErrorOf(changed) == "accepted");
}

TEST_CASE("recordings cut off anywhere are errors") {
  const TempDir dir;
  WriteGzipLines(dir / "whole.gz", Dump(SmallRecording(RecordingKind::kView)));
  const std::string bytes = ReadBytes(dir / "whole.gz");
  REQUIRE(ReadAll(dir / "whole.gz").ok());
  for (size_t length = 1; length < bytes.size(); length += 1 + bytes.size() / 200) {
    WriteBytes(dir / "cut.gz", bytes.substr(0, length));
    INFO("cut after " << length << " of " << bytes.size());
    const absl::Status status = ReadAll(dir / "cut.gz");
    REQUIRE_FALSE(status.ok());
    CHECK_THAT(std::string(status.message()), Catch::Contains("cut.gz"));
  }
  CHECK_THAT(std::string(ReadAll(dir / "missing.gz").message()), Catch::Contains("missing.gz"));
}

}  // namespace
}  // namespace hod::env
