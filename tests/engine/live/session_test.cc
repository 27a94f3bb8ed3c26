// A person's session, message by message.
#include "engine/live/session.h"

#include <filesystem>
#include <fstream>

#include "engine/play/player_spec.h"
#include "env/base/json.h"
#include "env/traces/trace_verifier.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/fake_host.h"
#include "tests/support/engine/simulated_person.h"
#include "tests/support/env/player_episodes.h"

namespace hod::engine {
namespace {

using nlohmann::json;

// Houses in a small world, beside an assistant of that name ("noop": nobody).
std::unique_ptr<Programme> SmallPlay(const std::string& assistant, uint64_t seed = 1) {
  FreePlay play;
  play.game = env::ConfigOf({7, 7, 7}, 2);
  play.game.horizon = 400;
  play.goals = "generated";
  play.assistant = assistant;
  play.seed = seed;
  play.source = env::MakeGoalSource("generated", play.game, seed).value();
  SeatedAssistant seated = SeatAssistant(ConfigOf(OpenAssistant(assistant).value()).value(),
                                         OpenAssistant(assistant).value())
                               .value();
  if (seated.seat) {
    play.companion = std::make_shared<const Companion>(
        Companion{"assistant", std::make_shared<const SeatedAssistant>(std::move(seated)),
                  absl::Milliseconds(800), absl::Milliseconds(400), true});
  }
  return MakeFreePlay(std::move(play));
}

// A session and its host.
struct Played {
  explicit Played(const std::string& assistant, const std::string& folder = "")
      : programme(SmallPlay(assistant)) {
    auto made = PlaySession::Create(*programme, folder, host);
    INFO(made.status());
    REQUIRE(made.ok());
    session = std::move(*made);
  }

  // What comes back for a message.
  std::vector<json> Say(const std::string& text) {
    host.Take();
    const auto message = ParseClientMessage(text);
    INFO(text << message.status());
    REQUIRE(message.ok());
    REQUIRE(session->Receive(*message).ok());
    return host.Take();
  }
  json Move(int id, const std::string& direction) {
    const json move = {{"type", "move"}, {"direction", direction}};
    return Say(DumpJson(json{{"type", "act"}, {"id", id}, {"action", move}})).at(0);
  }

  std::unique_ptr<Programme> programme;
  FakeHost host;
  std::unique_ptr<PlaySession> session;
};

TEST_CASE("A client hears what does not change, then the game") {
  Played played("noop");
  REQUIRE(played.session->Connect().ok());
  const std::vector<json> heard = played.host.Take();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0]["type"] == "welcome");
  CHECK(heard[0]["blocks"].size() == env::kNumBlocks);
  CHECK(heard[0]["textures"]["top"].size() == env::kNumBlocks);
  CHECK(heard[1]["type"] == "game");
  CHECK(heard[1]["size"] == json({7, 7, 7}));
  CHECK(heard[1]["players"].size() == 1);
  CHECK(heard[1]["assistant"].is_null());
}

TEST_CASE("Actions take effect at once, or are refused with a reason") {
  Played played("noop");
  REQUIRE(played.session->Connect().ok());
  const json game = played.host.Take().at(1);
  const json feet = game["players"][0]["feet"];
  const bool at_the_end = feet[0] == 6;
  const json there = played.Move(1, at_the_end ? "-x" : "+x");
  if (there["type"] == "step") {
    CHECK(there["id"] == 1);
    CHECK(there["timestep"] == 1);
    CHECK(there["feet"][0][0] == feet[0].get<int>() + (at_the_end ? -1 : 1));
    CHECK(there["figures"]["human_actions"] == 0);
  }
  // To the wall, in the end.
  json last;
  for (int id = 2; id < 12; ++id) last = played.Move(id, "-x");
  CHECK(last["type"] == "refused");
  CHECK(last["reason"] == "the world ends there");
}

TEST_CASE("What a client says wrongly is answered and changes nothing") {
  Played played("noop");
  REQUIRE(played.session->Connect().ok());
  CHECK(played.Move(5, "+y")["type"] != "error");
  const auto error = [&](const std::string& text) {
    const std::vector<json> heard = played.Say(text);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0]["type"] == "error");
    return heard[0]["error"].get<std::string>();
  };
  CHECK(error(R"({"type": "act", "id": 5, "action": {"type": "move", "direction": "+x"}})") ==
        "id: 5, expected more than 5");
  CHECK(error(R"({"type": "act", "id": 6, "action": {"type": "fly"}})") ==
        "action.type: expected move, place or break");
  CHECK(error(R"({"type": "act", "id": 6, "action": {"type": "break", "at": [7, 0, 0]}})") ==
        "action.at: expected [x, y, z] inside 7x7x7");
  CHECK(error(R"({"type": "act", "id": 6, "action": 3})") == "action: expected an object");
  CHECK(error(R"({"type": "next"})") == "next: the house is not finished");
  CHECK(error(R"({"type": "answers", "answers": {}})") == "answers: nobody asked for them");
  // The same id may still be used.
  CHECK(played.Move(6, "-y")["id"] == 6);
  for (const char* text :
       {"", "[]", "7", R"({"type": 3})", R"({"type": "act"})", R"({"type": "pause", "on": 1})",
        R"({"type": "ping", "id": -1})", R"({"type": "next", "extra": 1})",
        R"({"type": "hello", "protocol": 2})"}) {
    INFO(text);
    CHECK_FALSE(ParseClientMessage(text).ok());
  }
}

TEST_CASE("The assistant acts in its rhythm, and only while the person is there") {
  Played played("mirror");
  FakeHost& host = played.host;
  const auto thinks = [&] {
    REQUIRE(played.session->Tick().ok());
    return host.has_work();
  };
  CHECK_FALSE(thinks());  // Nobody is there.
  REQUIRE(played.session->Connect().ok());
  CHECK_FALSE(thinks());
  host.now += absl::Milliseconds(799);
  CHECK_FALSE(thinks());
  host.now += absl::Milliseconds(1);
  CHECK(thinks());
  host.now += absl::Seconds(5);
  REQUIRE(played.session->Tick().ok());  // It thinks still.
  host.DoWork();
  CHECK(thinks());
  host.DoWork();
  CHECK_FALSE(thinks());
  played.Say(R"({"type": "pause", "on": true})");
  host.now += absl::Seconds(5);
  CHECK_FALSE(thinks());
  CHECK(played.Move(1, "+y")["reason"] == "the game is paused");
  played.Say(R"({"type": "pause", "on": false})");
  host.now += absl::Seconds(1);
  CHECK(thinks());
  // What comes after the person has gone is dropped.
  played.session->Disconnect();
  host.Take();
  host.DoWork();
  CHECK(host.Take().empty());
}

TEST_CASE("A thought that comes too late for its house is dropped") {
  Played played("mirror");
  REQUIRE(played.session->Connect().ok());
  played.host.now += absl::Seconds(1);
  REQUIRE(played.session->Tick().ok());
  played.Say(R"({"type": "finish"})");
  played.Say(R"({"type": "next"})");
  played.host.DoWork();
  for (const json& message : played.host.Take()) CHECK(message["type"] != "step");
}

TEST_CASE("Thoughts are told to those who ask") {
  Played played("belief:shipped:7x7x7");
  REQUIRE(played.session->Connect().ok());
  const auto think = [&] {
    played.host.Take();
    played.host.now += absl::Seconds(1);
    REQUIRE(played.session->Tick().ok());
    played.host.DoWork();
    REQUIRE(played.session->Tick().ok());
    std::vector<json> thoughts;
    for (json& message : played.host.Take()) {
      if (message["type"] == "thought") thoughts.push_back(std::move(message));
    }
    return thoughts;
  };
  CHECK(think().empty());
  played.Say(R"({"type": "thoughts", "on": true})");
  const std::vector<json> thoughts = think();
  REQUIRE(thoughts.size() == 1);
  CHECK_FALSE(thoughts[0]["belief"].empty());
  CHECK_FALSE(thoughts[0]["expects"].empty());
  for (const json& voxel : thoughts[0]["belief"]) {
    CHECK(voxel[2].get<double>() >= 0.1);
    CHECK(voxel[2].get<double>() <= 1);
  }
  played.Say(R"({"type": "thoughts", "on": false})");
  CHECK(think().empty());
}

TEST_CASE("Houses are recorded exactly under the rules, finished or not") {
  const TempDir folder;
  Played played("belief:shipped:7x7x7", folder.path());
  SimulatedPerson person(MakePlayerFactory("heuristic").value(), 3);
  REQUIRE(person.Play(*played.session, played.host, 0.8, 500).ok());
  played.Say(R"({"type": "finish"})");
  CHECK(person.refused() <= 25);  // The assistant was there first.
  int recordings = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    if (entry.path().extension() != ".gz") continue;
    ++recordings;
    const auto verified = env::VerifyEpisodes(entry.path());
    INFO(verified.status());
    CHECK(verified.ok());
  }
  CHECK(recordings >= 2);
}

TEST_CASE("A session goes on where it was, whenever it ends") {
  const TempDir folder;
  json before;
  std::string first_house;
  {
    Played played("mirror", folder.path());
    SimulatedPerson person(MakePlayerFactory("heuristic").value(), 3);
    REQUIRE(person.Play(*played.session, played.host, 0.8, 60).ok());
    played.session->Disconnect();
    played.host.Take();
    REQUIRE(played.session->Connect().ok());
    before = played.host.Take().at(1);
  }
  // A line that was not finished when the process was killed.
  std::ofstream(folder.path() + "/" + kEventsFile, std::ios::app) << R"({"event": "act", "pla)";
  {
    Played played("mirror", folder.path());
    REQUIRE(played.session->Connect().ok());
    const json after = played.host.Take().at(1);
    CHECK(after == before);
    played.Say(R"({"type": "finish"})");
    CHECK(env::VerifyEpisodes(folder.path() + "/house-001.jsonl.gz").ok());
  }
  {
    Played played("mirror", folder.path());
    REQUIRE(played.session->Connect().ok());
    const std::vector<json> heard = played.host.Take();
    REQUIRE(heard.size() == 3);
    CHECK(heard[2]["type"] == "end");
    CHECK(heard[2]["reason"] == "finished");
    CHECK(played.Say(R"({"type": "next"})").at(0)["title"] == "House 2");
  }
  const std::unique_ptr<Programme> other = SmallPlay("mirror", 2);
  FakeHost host;
  CHECK_THAT(std::string(PlaySession::Create(*other, folder.path(), host).status().message()),
             Catch::Contains("events.jsonl: is of another programme") && Catch::Contains("seed 2"));
}

TEST_CASE("Events that do not fit are refused with their line") {
  const TempDir folder;
  { Played played("noop", folder.path()); }
  std::ofstream(folder.path() + "/" + kEventsFile, std::ios::app)
      << R"({"event": "act", "player": 0, "action": {"type": "break", "at": [0, 0, 0]}, "seconds": 1})"
      << "\n";
  const std::unique_ptr<Programme> programme = SmallPlay("noop");
  FakeHost host;
  CHECK_THAT(std::string(PlaySession::Create(*programme, folder.path(), host).status().message()),
             Catch::Contains("events.jsonl, line 3: an act that the rules do not allow there"));
}

}  // namespace
}  // namespace hod::engine
