// Recorded people in the time of the game: when they waited, and what they could see then.
#include "engine/samples/human_timeline.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "env/game/action_mask.h"
#include "env/recordings/human_recording.h"
#include "env/traces/trace_recorder.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"
#include "tests/support/env/small_recording.h"

namespace hod::engine {
namespace {

using env::Action;
using env::ActionType;
using env::RecordingKind;
using env::ScriptedEvent;
using nlohmann::json;

constexpr int kBuilder = 1;

absl::StatusOr<std::vector<HumanTimeline>> Read(const std::string& path) {
  std::vector<HumanTimeline> timelines;
  absl::Status status = ReadHumanTimelines(path, [&](HumanTimeline timeline) {
    timelines.push_back(std::move(timeline));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return timelines;
}

absl::StatusOr<std::vector<HumanTimeline>> Read(const std::vector<json>& recording) {
  const TempDir dir;
  std::string lines;
  for (const json& line : recording) lines += line.dump() + "\n";
  WriteBytes(dir / "people.jsonl", lines);
  return Read(dir / "people.jsonl");
}

HumanTimeline ReadOne(const std::vector<json>& recording) {
  absl::StatusOr<std::vector<HumanTimeline>> timelines = Read(recording);
  INFO(timelines.status());
  REQUIRE(timelines.ok());
  REQUIRE(timelines->size() == 1);
  return std::move(timelines->front());
}

// A letter a step: w the human waits, h it acts, a the assistant acts.
std::string Pattern(const HumanTimeline& timeline) {
  std::string pattern;
  for (const TimelineStep& step : timeline.steps) {
    const bool waits = step.actions[timeline.human] == Action{};
    pattern += !step.human_decides ? 'a' : waits ? 'w' : 'h';
  }
  return pattern;
}

int At(int x, int y, int z) { return env::kSmallSize.Index({x, y, z}); }
ScriptedEvent Place(int player, int location, double seconds) {
  return {player, {ActionType::kPlace, location, 9}, -1, env::kAir, seconds};
}
ScriptedEvent Wait(double seconds) { return {kBuilder, {}, -1, env::kAir, seconds}; }

TEST_CASE("Waits are set among the actions of small recordings") {
  CHECK(Pattern(ReadOne(env::SmallRecording(RecordingKind::kAlone))) == "wwhhwhhhhhwhhh");
  // The last wait began before the assistant broke its block.
  CHECK(Pattern(ReadOne(env::SmallRecording(RecordingKind::kJoint))) == "wwhhwhahhwahha");
}

TEST_CASE("A wait of a builder sees what the assistant had done by then") {
  // Three waits of 0.8 s behind the first action: at 2, 2.8 and 3.6 s.
  const HumanTimeline timeline = ReadOne(env::ScriptedRecording(
      RecordingKind::kJoint,
      {Wait(0), Place(0, At(1, 2, 1), 1.9), Place(kBuilder, At(4, 2, 4), 2), Wait(0), Wait(0),
       Wait(0), Place(0, At(2, 2, 2), 2.8), Place(0, At(3, 2, 3), 3.5), Place(0, At(1, 2, 3), 3.61),
       Place(kBuilder, At(4, 3, 4), 4.5), Place(0, At(1, 3, 1), 9)}));
  REQUIRE(Pattern(timeline) == "wahwawawaha");
}

// A random game of two: the builder acts now and then, the assistant when it likes. Waits are where
// the recorder puts them, before the action that ends them.
struct RandomPlay {
  explicit RandomPlay(uint64_t seed) : rng(seed) {
    double seconds = 0;
    for (int i = 0; i < 6; ++i) {
      const double gap = 0.05 + 4 * rng.Uniform();
      AddAssistants(seconds, seconds + gap);
      for (int k = 0; k < static_cast<int>(gap / kWaitSeconds); ++k) {
        events.push_back(Wait(seconds + gap));
      }
      seconds += gap;
      events.push_back(Place(kBuilder, At(rng.Below(6), 2, rng.Below(3)), seconds));
    }
  }
  void AddAssistants(double begin, double end) {
    const int count = rng.Below(5);
    std::vector<double> times;
    for (int i = 0; i < count; ++i) times.push_back(begin + rng.Uniform() * (end - begin));
    std::sort(times.begin(), times.end());
    for (const double seconds : times) {
      events.push_back(Place(0, At(rng.Below(6), 3, 3 + rng.Below(3)), seconds));
    }
  }
  Rng rng;
  std::vector<ScriptedEvent> events;
};

TEST_CASE("What is observed in a wait does not depend on what comes later") {
  int waits = 0, changed = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    RandomPlay play(seed);
    const HumanTimeline timeline =
        ReadOne(env::ScriptedRecording(RecordingKind::kJoint, play.events));
    double last_action = -1, last_time = 0;
    int waited = 0;
    size_t event = 0;
    for (size_t t = 0; t < timeline.steps.size(); ++t) {
      const TimelineStep& step = timeline.steps[t];
      const bool wait = step.human_decides && step.actions[kBuilder] == Action{};
      if (!wait) {
        while (play.events[event].action == Action{}) ++event;
        last_time = play.events[event++].seconds;
        if (step.human_decides) {
          last_action = last_time;
          waited = 0;
        }
        continue;
      }
      if (last_action < 0) continue;  // Before anything happened.
      const double now = last_action + kWaitSeconds * waited++;
      CHECK(last_time <= now);
      // All that happens later happens otherwise, but for the builder's next action.
      std::vector<ScriptedEvent> other;
      bool ended = false;
      for (const ScriptedEvent& e : play.events) {
        if (ended) break;
        const bool builder = e.player == kBuilder;
        if (builder || e.seconds <= now) other.push_back(e);
        ended = builder && e.seconds > now && e.action != Action{};
      }
      const ScriptedEvent end = other.back();
      other.pop_back();
      other.push_back(Place(0, At(5, 1, 5), now + (end.seconds - now) / 2));
      other.push_back(end);
      const HumanTimeline otherwise = ReadOne(env::ScriptedRecording(RecordingKind::kJoint, other));
      INFO("seed " << seed << " step " << t);
      REQUIRE(otherwise.steps.size() > t);
      CHECK(otherwise.steps[t].state == step.state);
      ++waits;
      changed += otherwise.steps[otherwise.steps[t].ends_with].state.blocks !=
                 timeline.steps[step.ends_with].state.blocks;
    }
  }
  CHECK(waits > 50);
  CHECK(changed > 50);  // What the recorder shows in its place does depend on it.
}

TEST_CASE("Joint recordings whose view rows do not ascend are refused") {
  std::vector<json> lines = env::SmallRecording(RecordingKind::kJoint);
  json* builders = nullptr;
  for (json& line : lines) {
    if (line.value("actor", 0) == kBuilder) builders = &line;
  }
  (*builders)["view_row"] = 1;
  const auto refused = Read(lines);
  CHECK_THAT(std::string(refused.status().message()), Catch::Contains("people.jsonl"));
  CHECK_THAT(std::string(refused.status().message()), Catch::Contains("view_row"));
}

// A random game to its end, and Hod's own recording of it.
struct OwnRecording {
  OwnRecording(const TempDir& dir, env::GameConfig config) : path(dir / "episode.jsonl.gz") {
    config.horizon = 40;
    const env::Game game(config, PlayRandomly(SmallConfig(), 7, 1).fragments.front().goal);
    Rng rng(7);
    env::State state = game.Reset(rng);
    auto recorder = env::TraceRecorder::Create(path, &game, state, "random", 7);
    REQUIRE(recorder.ok());
    std::vector<int32_t> valid;
    for (int t = 0; t < config.horizon; ++t) {
      states.push_back(state);
      actions.emplace_back();
      for (int p = 0; p < game.num_players(); ++p) {
        env::ValidActions(game, state, p, /*line_of_sight=*/true, valid);
        const int drawn = rng.Below(static_cast<int>(valid.size()));
        actions.back().push_back(game.actions().Unflatten(valid[drawn]));
      }
      const env::StepOutcome outcome = game.Step(state, actions.back());
      REQUIRE(recorder->Step(actions.back(), outcome, state).ok());
    }
    REQUIRE(recorder->Finish().ok());
  }

  std::string path;
  std::vector<env::State> states;  // Before every step.
  std::vector<std::vector<Action>> actions;
};

TEST_CASE("Episodes that Hod recorded are timelines as they were played") {
  env::GameConfig config = SmallConfig();
  config.players[0].goal_visible = false;
  config.players[1].goal_visible = true;
  for (const bool alone : {false, true}) {
    if (alone) config.players.erase(config.players.begin());
    const TempDir dir;
    const OwnRecording recording(dir, config);
    const auto timelines = Read(recording.path);
    INFO(timelines.status());
    REQUIRE(timelines.ok());
    REQUIRE(timelines->size() == 1);
    const HumanTimeline& timeline = timelines->front();
    CHECK(timeline.name == "episode.jsonl.gz/0");
    CHECK(timeline.participant == 0);
    CHECK(timeline.assisted == !alone);
    CHECK(timeline.human == (alone ? 0 : 1));
    REQUIRE(timeline.steps.size() == recording.actions.size());
    for (size_t t = 0; t < recording.actions.size(); ++t) {
      const TimelineStep& step = timeline.steps[t];
      const env::State& state = recording.states[t];
      REQUIRE(step.state.blocks == state.blocks);
      REQUIRE(step.state.interacted_at == state.interacted_at);
      REQUIRE(step.state.timestep == state.timestep);
      for (size_t p = 0; p < recording.actions[t].size(); ++p) {
        REQUIRE(step.state.players[p] == state.players[p]);
        REQUIRE(step.actions[p] == recording.actions[t][p]);
      }
      CHECK(step.human_decides);
      CHECK(step.explained);
    }
  }
}

TEST_CASE("Episodes in which nobody can be the human are refused") {
  const auto error = [](const env::GameConfig& config) {
    const TempDir dir;
    const OwnRecording recording(dir, config);
    std::string message(Read(recording.path).status().message());
    CHECK_THAT(message, Catch::StartsWith(recording.path + ": episode 0: "));
    return message;
  };
  env::GameConfig blind = SmallConfig();
  for (env::PlayerConfig& player : blind.players) player.goal_visible = false;
  CHECK_THAT(error(blind), Catch::Contains("no player sees the goal"));
  env::GameConfig three = SmallConfig();
  three.players.push_back(three.players.back());
  CHECK_THAT(error(three), Catch::Contains("3 players, expected one or two"));
}

// Rows of the builder's own view, as the recorder wrote them.
void CheckAgainstView(const std::vector<HumanTimeline>& timelines, const std::string& view) {
  auto reader = env::HumanRecordingReader::Open(view);
  REQUIRE(reader.ok());
  for (const HumanTimeline& timeline : timelines) {
    REQUIRE(*reader->NextEpisode());
    REQUIRE(reader->episode().participant == timeline.participant);
    int rows = 0;
    for (const TimelineStep& step : timeline.steps) {
      if (!step.human_decides) continue;
      REQUIRE(*reader->NextRow());
      INFO(timeline.name << " row " << rows);
      const env::HumanRow& row = reader->row();
      const env::State& shown = timeline.steps[step.ends_with].state;
      REQUIRE(step.actions[timeline.human] == *row.actions[row.actor]);
      REQUIRE(shown.blocks == row.state.blocks);
      REQUIRE(shown.last_interacted == row.state.last_interacted);
      for (size_t p = 0; p < row.state.players.size(); ++p) {
        REQUIRE(shown.players[p].feet == row.state.players[p].feet);
      }
      ++rows;
    }
    REQUIRE(rows == reader->episode().num_rows);
  }
  REQUIRE_FALSE(*reader->NextEpisode());
}

TEST_CASE("Decisions of the public recordings are the rows of the builders' own views") {
  const std::string folder = SharedData("human");
  if (folder.empty()) return;
  const std::pair<const char*, const char*> files[] = {
      {"human_alone", "human_alone"},
      {"human_with_assistant_joint", "human_with_assistant_p1_builder"}};
  for (const auto& [recording, view] : files) {
    const auto timelines = Read(absl::StrCat(folder, "/", recording, ".jsonl.gz"));
    INFO(timelines.status());
    REQUIRE(timelines.ok());
    CheckAgainstView(*timelines, absl::StrCat(folder, "/", view, ".jsonl.gz"));
  }
}

}  // namespace
}  // namespace hod::engine
