// Recordings of people as fragments: what was observed and done, cut where the rules do not explain
// it.
#include "engine/samples/human_fragments.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "engine/samples/examples.h"
#include "engine/samples/human_timeline.h"
#include "engine/samples/shard.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"
#include "tests/support/env/small_recording.h"

namespace hod::engine {
namespace {

std::string WriteRecording(const TempDir& dir, env::RecordingKind timeline) {
  std::string lines;
  for (const nlohmann::json& line : env::SmallRecording(timeline)) lines += line.dump() + "\n";
  WriteBytes(dir / "people.jsonl", lines);
  return dir / "people.jsonl";
}

// Every step of the recording's timelines, in order, is one of the fragments'.
void CheckAgainstTimelines(const std::string& path,
                           const std::vector<HumanFragments>& participants) {
  int64_t steps = 0;
  std::map<int, size_t> next;  // Fragment of each participant.
  const absl::Status read = ReadHumanTimelines(path, [&](const HumanTimeline& timeline) {
    const auto of = std::find_if(
        participants.begin(), participants.end(),
        [&](const HumanFragments& p) { return p.participant == timeline.participant; });
    REQUIRE(of != participants.end());
    size_t& fragment = next[timeline.participant];
    size_t t = 0;
    env::State state;
    for (const TimelineStep& step : timeline.steps) {
      const Fragment& f = of->fragments[fragment];
      const env::Game game = GameOf(of->game, f);
      if (t == 0) state = f.start;
      INFO(path << " step " << steps);
      REQUIRE(state.blocks == step.state.blocks);
      REQUIRE(state.last_interacted == step.state.last_interacted);
      REQUIRE(state.timestep == step.state.timestep);
      for (size_t p = 0; p < state.players.size(); ++p) {
        REQUIRE(state.players[p].feet == step.state.players[p].feet);
        REQUIRE(f.steps[t].actions[p] == game.actions().Flatten(step.actions[p]));
      }
      const env::ActionDistribution certain = {{f.steps[t].actions[f.human], 1.0f}};
      REQUIRE(f.steps[t].human_policy ==
              (step.human_decides ? certain : env::ActionDistribution{}));
      const env::ActionDistribution assisted = {{f.steps[t].actions[f.assistant], 1.0f}};
      REQUIRE(f.steps[t].search_policy ==
              (timeline.assisted ? assisted : env::ActionDistribution{}));
      ++steps;
      game.Step(state, step.actions);
      if (++t == f.steps.size()) {
        t = 0;
        ++fragment;
      }
    }
    REQUIRE(t == 0);
    REQUIRE(of->fragments[fragment - 1].ended);
    return absl::OkStatus();
  });
  INFO(read);
  REQUIRE(read.ok());
  int64_t timesteps = 0;
  for (const HumanFragments& p : participants) timesteps += p.timesteps;
  REQUIRE(steps == timesteps);
}

TEST_CASE("Fragments of a small recording are its timeline") {
  for (const env::RecordingKind timeline :
       {env::RecordingKind::kAlone, env::RecordingKind::kJoint}) {
    const TempDir dir;
    const std::string path = WriteRecording(dir, timeline);
    const auto participants = FragmentsOfRecording(path, /*length=*/5, 0.9);
    INFO(participants.status());
    REQUIRE(participants.ok());
    REQUIRE(participants->size() == 1);
    const HumanFragments& of = participants->front();
    CHECK(of.participant == 3);
    CHECK(of.recording == "small");
    CHECK(of.unexplained == 2);  // Two blocks appear by themselves.
    CHECK(of.game.num_players() == 2);
    CheckAgainstTimelines(path, *participants);
    for (size_t i = 0; i < of.fragments.size(); ++i) {
      const Fragment& f = of.fragments[i];
      CHECK(f.steps.size() <= 5);
      CHECK(f.assistant == (timeline == env::RecordingKind::kAlone ? 1 : 0));
      CHECK(f.human == 1 - f.assistant);
      if (i + 1 < of.fragments.size()) {
        CHECK(f.bootstrap_value == ValueTargets(of.fragments[i + 1], 0.9).front());
      }
    }

    // And they survive being stored.
    const std::string shards = dir / "shards";
    std::filesystem::create_directory(shards);
    const auto paths = WriteHumanShards(*participants, shards);
    INFO(paths.status());
    REQUIRE(paths.ok());
    REQUIRE(paths->size() == 1);
    const auto shard = ReadShard(paths->front());
    INFO(shard.status());
    REQUIRE(shard.ok());
    CHECK(shard->metadata["participant"] == 3);
    CHECK(shard->fragments.size() == of.fragments.size());
    CheckAgainstTimelines(
        path, {{"small", 3, of.assisted, shard->config, shard->fragments, 1, of.timesteps, 2}});
  }
}

TEST_CASE("Shards of people are all written, or none is") {
  const TempDir dir;
  auto participants = FragmentsOfRecording(WriteRecording(dir, env::RecordingKind::kAlone), 5, 0.9);
  REQUIRE(participants.ok());
  participants->push_back(participants->front());
  participants->back().participant = 4;
  participants->back().fragments.back().goal.clear();  // Which no shard can hold.
  const std::string shards = dir / "shards";
  std::filesystem::create_directory(shards);
  CHECK_FALSE(WriteHumanShards(*participants, shards).ok());
  CHECK(std::filesystem::is_empty(shards));
}

TEST_CASE("Recordings that lack what others did are refused") {
  for (const env::RecordingKind timeline :
       {env::RecordingKind::kView, env::RecordingKind::kTutorial}) {
    const TempDir dir;
    const auto refused = FragmentsOfRecording(WriteRecording(dir, timeline), 5, 0.9);
    CHECK_THAT(std::string(refused.status().message()), Catch::Contains("people.jsonl"));
    CHECK_THAT(std::string(refused.status().message()), Catch::Contains("expected one of"));
  }
}

TEST_CASE("Fragments of the public recordings are their timelines") {
  for (const char* name : {"human_alone", "human_with_assistant_joint"}) {
    const std::string path = SharedData(absl::StrCat("human/", name, ".jsonl.gz"));
    if (path.empty()) return;
    const auto participants = FragmentsOfRecording(path, 64, 0.95);
    INFO(participants.status());
    REQUIRE(participants.ok());
    CHECK(participants->size() == 5);
    CheckAgainstTimelines(path, *participants);
  }
}

}  // namespace
}  // namespace hod::engine
