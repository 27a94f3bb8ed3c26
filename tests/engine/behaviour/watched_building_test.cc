// Watching models and people build: the same on any number of threads, and what the recordings say.
#include "engine/behaviour/watched_building.h"

#include <cmath>

#include "absl/strings/match.h"
#include "engine/play/player_spec.h"
#include "env/players/make_player.h"
#include "env/recordings/human_recording.h"
#include "env/traces/trace_verifier.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/small_recording.h"

namespace hod::engine {
namespace {

BuildingSetup SmallSetup() {
  BuildingSetup setup;
  setup.game.size = {6, 6, 6};
  setup.game.players.resize(2);
  setup.game.horizon = 150;
  auto goals = env::MakeGoalSource("generated", setup.game, 3);
  REQUIRE(goals.ok());
  setup.goals = *std::move(goals);
  auto human = MakePlayerFactory("heuristic");
  REQUIRE(human.ok());
  setup.human = *std::move(human);
  setup.episodes = 20;
  setup.seed = 3;
  return setup;
}

std::string WriteSmall(const TempDir& dir, env::RecordingKind timeline) {
  std::vector<std::string> lines;
  for (const nlohmann::json& line : env::SmallRecording(timeline)) lines.push_back(line.dump());
  WriteGzipLines(dir / "people.gz", lines);
  return dir / "people.gz";
}

TEST_CASE("Houses are the same on any number of threads") {
  BuildingSetup setup = SmallSetup();
  const auto report = [&](int threads) {
    setup.threads = threads;
    const absl::StatusOr<WatchedHouses> watched = PlayHouses(setup);
    REQUIRE(watched.ok());
    CHECK(watched->milliseconds_per_row > 0);
    return ToJson(ReportBuilding(watched->houses, setup.game.horizon).value()).dump();
  };
  const std::string one = report(1);
  CHECK(absl::StrContains(one, "\"episodes\":20"));
  CHECK(report(3) == one);
  setup.seed = 4;
  CHECK(report(1) != one);
}

TEST_CASE("Every house has a model of its own, and a trace if asked for") {
  const TempDir dir;
  BuildingSetup setup = SmallSetup();
  setup.episodes = 3;
  setup.record_directory = dir / "traces";
  int made = 0;
  setup.human = [&](const env::Game& game, int player, uint64_t seed) {
    ++made;
    return env::MakePlayer("heuristic", game, player, seed);
  };
  const absl::StatusOr<WatchedHouses> watched = PlayHouses(setup);
  REQUIRE(watched.ok());
  CHECK(made == 3);
  for (const char* name : {"house-000", "house-001", "house-002"}) {
    const std::string path = dir / (std::string("traces/") + name + ".jsonl.gz");
    const auto verified = env::VerifyEpisodes(path);
    INFO(path);
    CHECK(verified.ok());
  }
}

TEST_CASE("A model that cannot be made is an error") {
  BuildingSetup setup = SmallSetup();
  auto unknown = MakePlayerFactory("nobody");
  if (unknown.ok()) {
    setup.human = *unknown;
    CHECK_FALSE(PlayHouses(setup).ok());
  }
}

TEST_CASE("A small recording has the figures of its script") {
  const TempDir dir;
  const auto houses = ReadHouses({WriteSmall(dir, env::RecordingKind::kAlone)});
  INFO(houses.status());
  REQUIRE(houses.ok());
  REQUIRE(houses->size() == 1);
  CHECK(houses->front().name == "small/00");
  const engine::EpisodeBehaviour& behaviour = houses->front().behaviour;
  CHECK(behaviour.rows == 14);
  const auto figure = [&](const char* key) {
    const auto index = engine::FindFigure(behaviour, key);
    REQUIRE(index.has_value());
    return engine::PooledFigure({behaviour}, *index).Value();
  };
  CHECK(figure("noop_rows") == Approx(4.0 / 14));
  CHECK(figure("place_rows") == Approx(4.0 / 14));
  CHECK(figure("break_rows") == Approx(3.0 / 14));
  CHECK(figure("first_noops_median") == 2);
  CHECK(figure("edits_per_needed_edit") == Approx(7.0 / behaviour.needed_edits));
  // One of the four blocks that were placed was there already.
  CHECK(behaviour.figures[*engine::FindFigure(behaviour, "place_errors")].part.count == 3);
}

TEST_CASE("Recordings without one player's waits are refused") {
  for (const env::RecordingKind timeline :
       {env::RecordingKind::kJoint, env::RecordingKind::kTutorial}) {
    const TempDir dir;
    const std::string path = WriteSmall(dir, timeline);
    const auto houses = ReadHouses({path});
    REQUIRE_FALSE(houses.ok());
    CHECK(absl::StrContains(houses.status().message(), path + ": line 1: expected a recording"));
  }
  CHECK_FALSE(ReadHouses({"/no/such/file"}).ok());
}

TEST_CASE("The progress of people is the one that their recordings state") {
  const TempDir small;
  std::vector<std::string> paths = {WriteSmall(small, env::RecordingKind::kView)};
  const std::string dir = SharedData("human");
  if (!dir.empty()) paths.push_back(dir + "/human_with_assistant_p1_builder.jsonl.gz");
  for (const std::string& path : paths) {
    const auto houses = ReadHouses({path});
    REQUIRE(houses.ok());
    auto reader = env::HumanRecordingReader::Open(path);
    REQUIRE(reader.ok());
    for (const ObservedHouse& house : *houses) {
      REQUIRE(*reader->NextEpisode());
      CHECK(house.behaviour.needed_edits == reader->episode().needed_reward);
      int differing = 0;
      for (const double progress : house.behaviour.progress) {
        if (!*reader->NextRow()) break;
        differing += std::abs(progress - *reader->row().goal_percentage) > 1e-5;
      }
      CHECK(differing == 0);
      CHECK(house.behaviour.rows == reader->episode().num_rows);
    }
  }
}

TEST_CASE("The figures stated for people are those of their recordings") {
  const std::string dir = SharedData("human");
  if (dir.empty()) return;
  const struct {
    const char* file;
    double engine::BehaviourFigure::*stated;
  } recordings[] = {
      {"human_alone.jsonl.gz", &engine::BehaviourFigure::people_alone},
      {"human_with_assistant_p1_builder.jsonl.gz", &engine::BehaviourFigure::people_assisted},
  };
  for (const auto& [file, stated] : recordings) {
    const auto houses = ReadHouses({dir + "/" + file});
    INFO(houses.status());
    REQUIRE(houses.ok());
    CHECK(houses->size() == 9);
    std::vector<engine::EpisodeBehaviour> episodes;
    for (const ObservedHouse& house : *houses) episodes.push_back(house.behaviour);
    for (size_t i = 0; i < episodes.front().figures.size(); ++i) {
      const engine::BehaviourFigure& figure = episodes.front().figures[i];
      INFO(file << ": " << figure.key);
      CHECK(engine::PooledFigure(episodes, i).Value() == Approx(figure.*stated).margin(0.0006));
    }
  }
}

// Counted by other means, from the same recordings: numbers of edits, which shares are made of.
TEST_CASE("People alone make the edits that were counted") {
  const std::string dir = SharedData("human");
  if (dir.empty()) return;
  const auto houses = ReadHouses({dir + "/human_alone.jsonl.gz"});
  REQUIRE(houses.ok());
  const auto sum = [&](const char* key) {
    double total = 0;
    for (const ObservedHouse& house : *houses) {
      total += house.behaviour.figures[*engine::FindFigure(house.behaviour, key)].part.sum;
    }
    return total;
  };
  const auto count = [&](const char* key) {
    double total = 0;
    for (const ObservedHouse& house : *houses) {
      total += house.behaviour.figures[*engine::FindFigure(house.behaviour, key)].part.count;
    }
    return total;
  };
  CHECK(count("noop_rows") == 9642);
  CHECK(sum("noop_rows") == 2706);
  CHECK(sum("place_rows") == 1752);
  CHECK(sum("break_rows") == 451);
  CHECK(sum("place_errors") == 42 + 12);
  CHECK(sum("wrong_type_places") == 12);
  CHECK(sum("right_block_breaks") == 11);
  CHECK(count("layers_above_0") == 1698);
  CHECK(sum("layers_above_0") == 949);
  CHECK(sum("edit_distance_1") == 1525);
  CHECK(count("edit_distance_1") == 2194);
  CHECK(sum("move_on") == 1038);
  CHECK(sum("move_reverse") == 353);
  CHECK(count("onward_on") == 1212);
}

}  // namespace
}  // namespace hod::engine
