// Replaying people: the recorded data if it is here, and small recordings with something wrong.
#include "env/recordings/human_verifier.h"

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "env/recordings/human_recording.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/small_recording.h"

namespace hod::env {
namespace {

using nlohmann::json;

constexpr char kAhead1[] = "ahead of its action, which is 1 event later";
constexpr char kAhead2[] = "ahead of its action, which is 2 events later";
constexpr char kAhead3[] = "ahead of its action, which is 3 events later";
constexpr char kMissedPlace[] = "a placement that never became an action";
constexpr char kMissedBreak[] = "a break that never became an action";
constexpr char kByOther[] = "by another player";
constexpr char kUnknown[] = "without an action in this view";

using Changes = std::map<std::string, int64_t>;

struct Expected {
  const char* file;
  int64_t episodes, exact_episodes, rows, transitions, reproduced, waits, rewards, masks;
  Changes changes;
};

TEST_CASE("recorded people replay, but for the blocks known to change without an action") {
  const std::string dir = SharedData("human");
  if (dir.empty()) return;
  const Expected all[] = {
      {"human_alone", 9, 2, 9642, 6927, 6927 - 13, 2706, 6936, 9642, {{kMissedPlace, 13}}},
      {"human_with_assistant_joint",
       9,
       1,
       15091,
       15082,
       15082 - 208,
       0,
       15091,
       0,
       {{kAhead1, 157}, {kAhead2, 28}, {kAhead3, 3}, {kMissedPlace, 20}}},
      {"human_with_assistant_p0_assistant",
       9,
       0,
       9479,
       7390,
       3911,
       2080,
       7399,
       9479,
       {{kAhead1, 18}, {kAhead2, 3}, {kByOther, 1542}, {kUnknown, 38}}},
      {"human_with_assistant_p1_builder",
       9,
       0,
       9759,
       7683,
       4109,
       2067,
       7692,
       9759,
       {{kAhead1, 172}, {kAhead2, 13}, {kAhead3, 1}, {kByOther, 1394}, {kUnknown, 15}}},
      {"human_tutorial", 4, 1, 918, 914, 894, 0, 914, 0, {{kMissedBreak, 33}}},
  };
  int64_t masks = 0, hidden_feet = 0, unknown_rewards = 0;
  for (const Expected& expected : all) {
    INFO(expected.file);
    const auto report = VerifyHumanRecording(dir + "/" + expected.file + ".jsonl.gz");
    INFO(report.status().ToString());
    REQUIRE(report.ok());
    INFO(report->first_difference.value_or(""));
    CHECK_FALSE(report->first_difference.has_value());
    CHECK(report->episodes == expected.episodes);
    CHECK(report->exact_episodes == expected.exact_episodes);
    CHECK(report->rows == expected.rows);
    CHECK(report->transitions == expected.transitions);
    CHECK(report->reproduced == expected.reproduced);
    CHECK(report->waits == expected.waits);
    CHECK(report->rewards == expected.rewards);
    CHECK(report->masks == expected.masks);
    CHECK(report->changes == expected.changes);
    masks += report->masks;
    hidden_feet += report->hidden_feet;
    unknown_rewards += report->unknown_rewards;
  }
  CHECK(masks == 28880);
  CHECK(hidden_feet == 3);
  CHECK(unknown_rewards == 7);
}

// Plays an episode's actions one after the other, and compares every observation.
void ReplayClosedLoop(HumanRecordingReader& reader) {
  State state = reader.episode().start;
  INFO(reader.episode().name);
  while (*reader.NextRow()) {
    const HumanRow& row = reader.row();
    INFO("t " << row.t);
    REQUIRE(state.blocks == row.state.blocks);
    REQUIRE(state.last_interacted == row.state.last_interacted);
    for (size_t p = 0; p < state.players.size(); ++p) {
      REQUIRE(state.players[p].feet == row.state.players[p].feet);
      REQUIRE(state.players[p].inventory.CountAll() == row.state.players[p].inventory.CountAll());
    }
    reader.episode().game.Step(state, row.KnownActions());
  }
}

TEST_CASE("four recorded episodes replay from the first event to the last") {
  const std::string dir = SharedData("human");
  if (dir.empty()) return;
  const std::set<std::string> exact = {"human_alone/04", "human_alone/05",
                                       "human_with_assistant_joint/08", "tutorial/00"};
  size_t found = 0;
  for (const char* file : {"human_alone", "human_with_assistant_joint", "human_tutorial"}) {
    auto reader = HumanRecordingReader::Open(dir + "/" + file + ".jsonl.gz");
    REQUIRE(reader.ok());
    while (*reader->NextEpisode()) {
      if (exact.count(reader->episode().name) == 0) continue;
      ReplayClosedLoop(*reader);
      ++found;
    }
  }
  CHECK(found == exact.size());
}

absl::StatusOr<HumanVerifyReport> Verify(const std::vector<json>& lines) {
  const TempDir dir;
  std::vector<std::string> text;
  for (const json& line : lines) text.push_back(line.dump());
  WriteGzipLines(dir / "people.gz", text);
  return VerifyHumanRecording(dir / "people.gz");
}

// What is wrong with a recording of which line `index` has been changed: an error or a difference.
std::string Complaint(RecordingKind timeline, size_t index,
                      const std::function<void(json&)>& change) {
  std::vector<json> lines = SmallRecording(timeline);
  change(lines[index]);
  const auto report = Verify(lines);
  if (!report.ok()) return std::string(report.status().message());
  return report->first_difference.value_or("accepted");
}

TEST_CASE("small recordings of every kind replay, with their changes by cause") {
  const std::pair<RecordingKind, Changes> all[] = {
      {RecordingKind::kAlone, {{kAhead2, 1}, {kMissedPlace, 1}}},
      {RecordingKind::kJoint, {{kAhead2, 1}, {kMissedPlace, 1}}},
      {RecordingKind::kView, {{kAhead2, 1}, {kByOther, 2}, {kUnknown, 1}}},
      {RecordingKind::kTutorial, {}}};
  for (const auto& [timeline, changes] : all) {
    const auto report = Verify(SmallRecording(timeline));
    INFO(report.status().ToString());
    REQUIRE(report.ok());
    INFO(report->first_difference.value_or(""));
    CHECK_FALSE(report->first_difference.has_value());
    CHECK(report->changes == changes);
    CHECK(report->rows == report->transitions + report->waits + 1);
    CHECK(report->exact_episodes == (timeline == RecordingKind::kTutorial));
  }
}

TEST_CASE("a difference names file, line, episode, row and both values") {
  const auto check = [](RecordingKind timeline, size_t index, const std::vector<std::string>& parts,
                        const std::function<void(json&)>& change) {
    const std::string complaint = Complaint(timeline, index, change);
    for (const std::string& part : parts) CHECK_THAT(complaint, Catch::Contains(part));
    CHECK_THAT(complaint, Catch::Contains("people.gz: line "));
  };
  const json row = SmallRecording(RecordingKind::kAlone)[4];
  const uint32_t crc = row["mask"][3];
  check(RecordingKind::kAlone, 4,
        {"line 5: episode small/00, t 3: mask", std::to_string(crc), std::to_string(crc + 1)},
        [&](json& l) { l["mask"][3] = crc + 1; });
  // A wrong block, and one too few: with nothing in sync_blocks.
  check(RecordingKind::kAlone, 4, {"t 3: after action [2,37,0]", "sync_blocks []", "[[37,3]]"},
        [](json& l) { l["changed_blocks"][0][1] = 3; });
  check(RecordingKind::kJoint, 2, {"t 1", "sync_blocks []", "[[37,2]]"},
        [](json& l) { l["changed_blocks"] = json::array(); });
  check(RecordingKind::kJoint, 2, {"t 1", "sync_blocks [[37,0]]", "got []"}, [](json& l) {
    l["sync_blocks"] = {{37, 0}};
  });
  check(RecordingKind::kJoint, 2, {"last_interacted[37]", "expected 0, got 1"},
        [](json& l) { l["last_interacted_changed"][0][1] = 0; });
  check(RecordingKind::kJoint, 3, {"player_locations[1]", "expected [2,2,1], got [2,2,0]"},
        [](json& l) { l["player_locations"][1][2] = 1; });
  check(RecordingKind::kView, 4, {"player_locations[1]"},
        [](json& l) { l["player_locations"][1][2] = 1; });
  check(RecordingKind::kJoint, 3, {"rewards"}, [](json& l) { l["rewards"][0] = 7; });
  check(RecordingKind::kTutorial, 3, {"inventory"},
        [](json& l) { l["inventory_changed"][0][1] = 2; });
  check(RecordingKind::kTutorial, 5, {"[[37,2]]"}, [](json& l) {
    l["changed_blocks"] = {{37, 2}};
  });
  check(RecordingKind::kTutorial, 0, {"cumulative_reward"},
        [](json& l) { l["cumulative_reward"] = 7; });
}

// Changes number or flag at every place of a line, one at a time.
void ForEachLeaf(json& value, const std::string& path,
                 const std::function<void(const std::string&)>& visit) {
  if (value.is_structured()) {
    for (auto& item : value.items()) ForEachLeaf(item.value(), path + "/" + item.key(), visit);
    return;
  }
  const json original = value;
  if (value.is_boolean()) {
    value = !value.get<bool>();
  } else if (value.is_number_integer()) {
    value = value.get<int64_t>() + 1;
  } else if (value.is_number()) {
    value = value.get<double>() + 1e-3;
  } else {
    return;
  }
  visit(path);
  value = original;
}

TEST_CASE("any number that is changed in a row is noticed") {
  for (const RecordingKind timeline :
       {RecordingKind::kAlone, RecordingKind::kJoint, RecordingKind::kTutorial}) {
    std::vector<json> lines = SmallRecording(timeline);
    for (size_t i = 1; i < lines.size(); ++i) {
      ForEachLeaf(lines[i], "", [&](const std::string& path) {
        // Labels, and the time of an observation, which no rule depends on.
        if (path == "/time" || path == "/view_row" || path == "/obs_timestep") return;
        if (timeline == RecordingKind::kTutorial && path == "/t") return;
        const auto report = Verify(lines);
        INFO("line " << i + 1 << " " << path << " " << lines[i].dump());
        CHECK((!report.ok() || report->first_difference.has_value()));
      });
    }
  }
}

TEST_CASE("a file without episodes is an error") {
  CHECK_THAT(std::string(Verify({}).status().message()), Catch::Contains("no episode"));
}

}  // namespace
}  // namespace hod::env
