// Episodes of traces and of people, read to be played again.
#include "env/recordings/recorded_episode.h"

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "env/recordings/human_recording.h"
#include "env/traces/trace_recorder.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"
#include "tests/support/env/small_recording.h"

namespace hod::env {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;

// A random episode of `length` steps, in lines.
Lines Trace(int length, std::vector<std::vector<Action>>* played = nullptr) {
  const TempDir dir;
  Rng rng(length);
  GameConfig config;
  config.size = {5, 5, 5};
  config.horizon = length;
  const Game game(config, RandomGoal(config, rng));
  State state = game.Reset(rng);
  auto recorder = TraceRecorder::Create(dir / "trace.gz", &game, state, "random", 1);
  REQUIRE(recorder.ok());
  for (int t = 0; t < length; ++t) {
    const std::vector<Action> actions = RandomActions(game, state, rng);
    const StepOutcome outcome = game.Step(state, actions);
    REQUIRE(recorder->Step(actions, outcome, state).ok());
    if (played != nullptr) played->push_back(actions);
  }
  REQUIRE(recorder->Finish().ok());
  return ReadGzipLines(dir / "trace.gz");
}

Lines People(RecordingKind timeline) {
  Lines lines;
  for (const json& line : SmallRecording(timeline)) lines.push_back(line.dump());
  return lines;
}

Lines Joined(Lines first, const Lines& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::string ErrorOf(const Lines& lines, int index = 0) {
  const TempDir dir;
  WriteGzipLines(dir / "file.gz", lines);
  const auto episode = ReadEpisode(dir / "file.gz", index);
  return episode.ok() ? "accepted" : std::string(episode.status().message());
}

TEST_CASE("an episode of a trace is read by its number") {
  const TempDir dir;
  std::vector<std::vector<Action>> played;
  WriteGzipLines(dir / "trace.gz", Joined(Trace(5), Trace(8, &played)));
  CHECK(ReadEpisode(dir / "trace.gz", 0)->steps.size() == 5);
  const auto second = ReadEpisode(dir / "trace.gz", 1);
  REQUIRE(second.ok());
  REQUIRE(second->steps.size() == 8);
  CHECK_FALSE(second->viewer.has_value());
  for (size_t t = 0; t < played.size(); ++t) {
    CHECK(second->steps[t].actions == played[t]);
    CHECK(second->steps[t].observed_voxels.empty());
    CHECK(second->steps[t].observed_players.empty());
  }
  CHECK_THAT(std::string(ReadEpisode(dir / "trace.gz", 2).status().message()),
             Catch::Contains("trace.gz: holds 2 episodes, numbered from 0; got 2"));
}

TEST_CASE("many episodes are read one after the other, in one pass over the file") {
  const TempDir dir;
  constexpr int kEpisodes = 400;
  for (const bool of_people : {false, true}) {
    INFO("people: " << of_people);
    const Lines one = of_people ? People(RecordingKind::kAlone) : Trace(3);
    Lines lines;
    for (int i = 0; i < kEpisodes; ++i) lines.insert(lines.end(), one.begin(), one.end());
    const std::string path = dir / "many.gz";
    WriteGzipLines(path, lines);
    const auto first = ReadEpisode(path, 0);
    REQUIRE(first.ok());
    auto reader = EpisodeReader::Open(path);
    REQUIRE(reader.ok());
    CHECK(reader->holds_people() == of_people);
    std::filesystem::remove(path);  // Nothing is opened again.
    for (int i = 0; i < kEpisodes; ++i) {
      if (i % 3 == 1) {
        REQUIRE(*reader->Skip());
        continue;
      }
      const auto episode = reader->Next();
      INFO(i << ": " << episode.status());
      REQUIRE(episode.ok());
      REQUIRE(episode->has_value());
      REQUIRE((*episode)->start.blocks == first->start.blocks);
      REQUIRE((*episode)->steps.size() == first->steps.size());
      for (size_t t = 0; t < first->steps.size(); ++t) {
        REQUIRE((*episode)->steps[t].actions == first->steps[t].actions);
      }
    }
    CHECK_FALSE(reader->Next()->has_value());
    CHECK_FALSE(*reader->Skip());
  }
}

TEST_CASE("lines of a trace that do not fit are errors with file and line") {
  const Lines lines = Trace(4);
  const auto changed = [&](size_t index, const std::function<void(json&)>& change) {
    Lines damaged = lines;
    json line = json::parse(lines[index]);
    change(line);
    damaged[index] = line.dump();
    return ErrorOf(damaged);
  };
  CHECK_THAT(changed(0, [](json& l) { l["type"] = "mcts"; }),
             Catch::Contains("file.gz: line 1: type: expected \"reset\""));
  CHECK_THAT(changed(0, [](json& l) { l.erase("type"); }), Catch::Contains("file.gz: line 1"));
  CHECK_THAT(changed(0, [](json& l) { l["goal_blocks"][3] = 10; }),
             Catch::Contains("file.gz: line 1: goal_blocks[3]"));
  CHECK_THAT(changed(2,
                     [](json& l) {
                       l["actions"][0] = {10, 0, 0};
                     }),
             Catch::Contains("file.gz: line 3: actions: type"));
  CHECK_THAT(changed(2, [](json& l) { l["done"] = 1; }), Catch::Contains("file.gz: line 3"));
  CHECK_THAT(changed(2, [](json& l) { l = 5; }), Catch::Contains("file.gz: line 3"));
  CHECK_THAT(ErrorOf({lines[0], "{"}), Catch::Contains("file.gz: line 2"));
  CHECK_THAT(ErrorOf(Lines(lines.begin(), lines.end() - 1)),
             Catch::Contains("file.gz: line 4: the file ends in the middle of an episode"));
  // In episodes that are passed over, lines have to be lines of traces.
  CHECK_THAT(ErrorOf(Joined({lines[0], R"({"type":"jump"})"}, lines), 1),
             Catch::Contains("file.gz: line 2: type: expected \"step\" or \"reset\""));
  CHECK_THAT(ErrorOf({lines[0], lines[1], "[1]"}, 1), Catch::Contains("file.gz: line 3"));
  CHECK_THAT(ErrorOf({}), Catch::Contains("file.gz: holds 0 episodes"));
  CHECK_THAT(ErrorOf({"x"}), Catch::Contains("file.gz: line 1"));

  const TempDir dir;
  CHECK_THAT(std::string(ReadEpisode(dir / "missing.gz", 0).status().message()),
             Catch::Contains("missing.gz"));
  CHECK_THAT(std::string(ReadEpisode(dir.path(), 0).status().message()),
             Catch::Contains(dir.path()));
}

// Plays episode `index` of recorded people and compares it with what each row observed.
void CheckReplay(const std::string& path, int index) {
  const auto episode = ReadEpisode(path, index);
  INFO(episode.status().ToString());
  REQUIRE(episode.ok());
  auto reader = HumanRecordingReader::Open(path);
  REQUIRE(reader.ok());
  for (int i = 0; i <= index; ++i) REQUIRE(*reader->NextEpisode());
  CHECK(episode->viewer.has_value() == (reader->episode().timeline == RecordingKind::kView));
  const Game& game = episode->game;
  State state = episode->start;
  size_t row_number = 0;
  for (; *reader->NextRow(); ++row_number) {
    const HumanRow& row = reader->row();
    INFO("row " << row_number);
    REQUIRE(state.timestep == static_cast<int>(row_number));
    REQUIRE(state.blocks == row.state.blocks);
    REQUIRE(state.last_interacted == row.state.last_interacted);
    REQUIRE(state.num_matches == row.matches);
    for (int p = 0; p < game.num_players(); ++p) {
      REQUIRE(state.players[p].feet == row.state.players[p].feet);
      REQUIRE(state.players[p].inventory == row.state.players[p].inventory);
    }
    if (row.goal_percentage) {
      REQUIRE(game.GoalPercentage(state, 0) == Approx(*row.goal_percentage).margin(1e-6));
    }
    if (row.final) break;
    const RecordedStep& step = episode->steps[row_number];
    REQUIRE(step.actions == row.KnownActions());
    game.Step(state, step.actions);
    ApplyObserved(game, step, state);
  }
  CHECK(row_number == episode->steps.size());
}

TEST_CASE("people play again what was observed, whatever changed without their actions") {
  for (const RecordingKind timeline : {RecordingKind::kAlone, RecordingKind::kView,
                                       RecordingKind::kJoint, RecordingKind::kTutorial}) {
    const TempDir dir;
    WriteGzipLines(dir / "people.gz", Joined(People(timeline), People(timeline)));
    CheckReplay(dir / "people.gz", 0);
    CheckReplay(dir / "people.gz", 1);
    CHECK_THAT(std::string(ReadEpisode(dir / "people.gz", 2).status().message()),
               Catch::Contains("people.gz: holds 2 episodes, numbered from 0; got 2"));
  }
  const TempDir dir;
  WriteGzipLines(dir / "people.gz", People(RecordingKind::kJoint));
  const auto joint = ReadEpisode(dir / "people.gz", 0);
  REQUIRE(joint.ok());
  CHECK_FALSE(joint->game.config().players[0].goal_visible);
  CHECK(joint->game.config().players[1].goal_visible);
  size_t num_observed = 0;
  for (const RecordedStep& step : joint->steps) num_observed += step.observed_voxels.size();
  CHECK(num_observed == 2);  // Those of `sync_blocks`.
}

TEST_CASE("recordings of people that are damaged are errors with file and line") {
  Lines lines = People(RecordingKind::kJoint);
  lines[3].resize(1);
  CHECK_THAT(ErrorOf(lines), Catch::Contains("file.gz: line 4"));
  lines = People(RecordingKind::kAlone);
  lines.pop_back();
  CHECK_THAT(ErrorOf(lines), Catch::Contains("file.gz: line ") && Catch::Contains("num_rows"));
  lines[0] = std::string(R"({"num_rows":3})");
  CHECK_THAT(ErrorOf(lines), Catch::Contains("file.gz: line 1"));
}

TEST_CASE("real people play again what was observed") {
  const std::string dir = SharedData("human");
  if (dir.empty()) return;
  for (const char* file : {"human_alone", "human_tutorial", "human_with_assistant_joint",
                           "human_with_assistant_p0_assistant"}) {
    CheckReplay(dir + "/" + file + ".jsonl.gz", 1);
  }
}

}  // namespace
}  // namespace hod::env
