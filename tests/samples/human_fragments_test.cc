// Recordings of people as fragments: what was observed and done, and nothing the rules don't give.
#include "engine/samples/human_fragments.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "engine/samples/examples.h"
#include "engine/samples/shard.h"
#include "env/traces/human_recording.h"
#include "tests/samples/random_play.h"
#include "tests/traces/small_recording.h"

namespace hod::engine {
namespace {

std::string WriteRecording(const TempDir& dir, env::Timeline timeline) {
  std::string lines;
  for (const nlohmann::json& line : env::SmallRecording(timeline)) lines += line.dump() + "\n";
  WriteBytes(dir / "people.jsonl", lines);
  return dir / "people.jsonl";
}

// Every row of a recording, in order, is the position and the action of one step.
void CheckAgainstRows(const std::string& path, const std::vector<HumanFragments>& participants) {
  auto reader = env::HumanRecordingReader::Open(path);
  REQUIRE(reader.ok());
  int64_t rows = 0;
  size_t fragment = 0, step = 0;
  const HumanFragments* of = nullptr;
  std::map<int, size_t> next;  // Fragment of each participant.
  while (*reader->NextEpisode()) {
    const int participant = reader->episode().participant;
    for (const HumanFragments& p : participants) {
      if (p.participant == participant) of = &p;
    }
    fragment = next[participant];
    step = 0;
    while (*reader->NextRow()) {
      const env::HumanRow& row = reader->row();
      const Fragment& f = of->fragments[fragment];
      const env::Game game = GameOf(of->game, f);
      const env::State state = StateAt(game, f, static_cast<int>(step));
      INFO(path << " row " << rows);
      REQUIRE(state.blocks == row.state.blocks);
      REQUIRE(state.last_interacted == row.state.last_interacted);
      REQUIRE(state.timestep == row.t);
      for (size_t p = 0; p < row.state.players.size(); ++p) {
        REQUIRE(state.players[p].feet == row.state.players[p].feet);
        REQUIRE(f.steps[step].actions[p] == game.actions().Flatten(row.KnownActions()[p]));
      }
      REQUIRE(f.steps[step].human_policy ==
              env::ActionDistribution{{f.steps[step].actions[f.human], 1.0f}});
      ++rows;
      if (++step == f.steps.size()) {
        step = 0;
        ++fragment;
      }
    }
    REQUIRE(step == 0);
    REQUIRE(of->fragments[fragment - 1].ended);
    next[participant] = fragment;
  }
  int64_t timesteps = 0;
  for (const HumanFragments& p : participants) timesteps += p.timesteps;
  REQUIRE(rows == timesteps);
}

TEST_CASE("Fragments of a small recording are its rows") {
  for (const env::Timeline timeline : {env::Timeline::kAlone, env::Timeline::kJoint}) {
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
    CheckAgainstRows(path, *participants);
    for (size_t i = 0; i < of.fragments.size(); ++i) {
      const Fragment& f = of.fragments[i];
      CHECK(f.steps.size() <= 5);
      CHECK(f.assistant == (timeline == env::Timeline::kAlone ? 1 : 0));
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
    CheckAgainstRows(path, {{"small", 3, shard->config, shard->fragments, 1, of.timesteps, 2}});
  }
}

TEST_CASE("Recordings that lack what others did are refused") {
  for (const env::Timeline timeline : {env::Timeline::kView, env::Timeline::kTutorial}) {
    const TempDir dir;
    const auto refused = FragmentsOfRecording(WriteRecording(dir, timeline), 5, 0.9);
    CHECK_THAT(std::string(refused.status().message()), Catch::Contains("people.jsonl"));
    CHECK_THAT(std::string(refused.status().message()), Catch::Contains("expected one of"));
  }
}

TEST_CASE("Fragments of the public recordings are their rows") {
  for (const char* name : {"human_alone", "human_with_assistant_joint"}) {
    const std::string path = std::string(HOD_SHARED_DIR) + "/human/" + name + ".jsonl.gz";
    if (!std::filesystem::exists(path)) {
      WARN("no recordings of people at " << path << ": not compared with them");
      return;
    }
    const auto participants = FragmentsOfRecording(path, 64, 0.95);
    INFO(participants.status());
    REQUIRE(participants.ok());
    CHECK(participants->size() == 5);
    CheckAgainstRows(path, *participants);
  }
}

}  // namespace
}  // namespace hod::engine
