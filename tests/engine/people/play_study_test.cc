// A study with people, by people who are simulated.
#include "engine/people/play_study.h"

#include <filesystem>
#include <fstream>
#include <set>

#include "engine/evaluation/evaluate.h"
#include "engine/people/play_results.h"
#include "engine/play/player_spec.h"
#include "engine/samples/human_timeline.h"
#include "env/base/files.h"
#include "env/traces/trace_verifier.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/fake_host.h"
#include "tests/support/engine/simulated_person.h"

namespace hod::engine {
namespace {

constexpr char kStudy[] = R"(
title = "Houses"
set = ["game.world_size=[7, 7, 7]"]
seed = 3
houses = 2
horizon = 800
[[condition]]
name = "alone"
assistant = "noop"
[[condition]]
name = "belief"
assistant = "belief:shipped:7x7x7"
[[question]]
id = "helpful"
text = "{label} helped me."
kind = "scale"
[[comparison]]
id = "preferred"
text = "Whom do you prefer?"
kind = "choice"
)";

PlayStudy StudyIn(const TempDir& folder, const std::string& text = kStudy) {
  const std::string path = folder.path() + "/study.toml";
  std::ofstream(path) << text;
  const auto study = LoadPlayStudy(path);
  INFO(study.status());
  REQUIRE(study.ok());
  return *study;
}

TEST_CASE("Orders: every condition as often in every place") {
  for (int n = 1; n <= 6; ++n) {
    const auto orders = OrdersOf(n, StudyOrders::kLatinSquare);
    CHECK(orders.size() == static_cast<size_t>(n % 2 == 0 || n == 1 ? n : 2 * n));
    std::vector<std::vector<int>> places(n, std::vector<int>(n));
    std::vector<std::vector<int>> follows(n, std::vector<int>(n));
    for (const std::vector<int>& order : orders) {
      CHECK(std::set<int>(order.begin(), order.end()).size() == static_cast<size_t>(n));
      for (int place = 0; place < n; ++place) ++places[place][order[place]];
      for (int place = 1; place < n; ++place) ++follows[order[place - 1]][order[place]];
    }
    for (int a = 0; a < n; ++a) {
      for (int b = 0; b < n; ++b) {
        CHECK(places[a][b] == static_cast<int>(orders.size()) / n);
        if (a != b) CHECK(follows[a][b] == follows[0][n - 1]);
      }
    }
    const auto all = OrdersOf(n, StudyOrders::kAll);
    CHECK(std::set<std::vector<int>>(all.begin(), all.end()).size() == all.size());
  }
  CHECK(OrdersOf(4, StudyOrders::kAll).size() == 24);
}

TEST_CASE("Simulated participants go through a study, and its results are those of an evaluation") {
  const TempDir folder;
  const PlayStudy study = StudyIn(folder);
  constexpr int kParticipants = 4;
  for (int participant = 1; participant <= kParticipants; ++participant) {
    const std::string own = folder.path() + "/" + ParticipantFolder(participant);
    // Every few dozen actions the process ends, and the session goes on.
    for (bool done = false; !done;) {
      const auto programme = MakeStudyProgramme(study, kStudy, participant);
      INFO(programme.status());
      REQUIRE(programme.ok());
      FakeHost host;
      auto session = PlaySession::Create(**programme, own, host);
      INFO(session.status());
      REQUIRE(session.ok());
      SimulatedPerson person(MakePlayerFactory("heuristic").value(), 2 + participant % 2);
      REQUIRE(person.Play(**session, host, 0.8, 150).ok());
      done = person.actions() < 150;
    }
  }
  const auto results = ReadStudyResults(study, folder.path());
  INFO(results.status());
  REQUIRE(results.ok());
  CHECK(results->complete == std::vector<int>{1, 2, 3, 4});
  CHECK(results->incomplete.empty());
  CHECK(results->houses.size() == kParticipants * 2 * 2);
  CHECK(results->answers.size() == kParticipants * (2 + 1));
  for (const BuiltHouse& house : results->houses) {
    CHECK(house.figures.goal_percent > 90);
    CHECK(house.seconds > 0);
    CHECK((house.condition == 1) == (house.figures.assistant_actions > 0));
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (entry.path().extension() == ".gz") CHECK(env::VerifyEpisodes(entry.path()).ok());
  }

  // Clones can learn from the recordings: while the assistant acts, the person does not decide.
  int timelines = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder.path() + "/" + ParticipantFolder(3))) {
    if (entry.path().extension() != ".gz") continue;
    const absl::Status read = ReadHumanTimelines(entry.path(), [&](HumanTimeline timeline) {
      ++timelines;
      CHECK(timeline.participant == 3);
      for (const TimelineStep& step : timeline.steps) {
        CHECK(step.human_decides == (step.actions[timeline.human] != env::Action{}));
      }
      return absl::OkStatus();
    });
    INFO(read);
    CHECK(read.ok());
  }
  CHECK(timelines == 5);  // One of them for practice.

  const std::vector<ConditionSummary> summary = Summarise(study, *results);
  REQUIRE(summary.size() == 2);
  CHECK(summary[0].participants == kParticipants);
  CHECK(summary[1].ratings.at("helpful").mean == Approx(2.5));
  // Beside the same assistant `hod evaluate` saves about as much. There both act at once, here the
  // assistant acts after the person.
  RunConfig config = ConfigOf(OpenAssistant("belief:shipped:7x7x7").value()).value();
  config.evaluation.goals = "generated";
  config.evaluation.episodes = 16;
  config.evaluation.threads = 1;
  EvaluationSetup setup;
  setup.config = config;
  setup.assistant = OpenAssistant("belief:shipped:7x7x7").value();
  const auto evaluation = Evaluate(setup);
  REQUIRE(evaluation.ok());
  CHECK(summary[1].saved.mean > 15);
  CHECK(std::abs(summary[1].saved.mean - evaluation->human_actions_saved.mean) < 20);
  CHECK(summary[1].differences.at("human_actions").mean < 0);

  const std::string table = FormatStudy(study, *results, summary);
  CHECK_THAT(table, Catch::Contains("4 participants are done, 0 are not."));
  CHECK_THAT(table, Catch::Contains("helpful (1 to 7)"));
  CHECK_THAT(table, Catch::Contains("preferred: alone 2, belief 2"));
  const std::string csv = StudyCsv(study, *results);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + kParticipants * 4);
  CHECK(StudyJson(study, *results, summary)["houses"].size() == kParticipants * 4);
  CHECK(DrawStudy(study, summary).width() > 0);
}

TEST_CASE("A network of a human, as clones are, goes through a study as well") {
  const TempDir folder;
  std::string text = kStudy;
  text.replace(text.find("800"), 3, "60");
  const PlayStudy study = StudyIn(folder, text);
  const std::string network = folder.path() + "/human.safetensors";
  const models::NetworkConfig shape = {.channels = 8, .blocks = 1, .goal_visible = true};
  REQUIRE(models::SaveNetwork(network, {models::InitialNetwork(shape, Rng(1)), "{}"}).ok());
  const auto programme = MakeStudyProgramme(study, text, 1);
  REQUIRE(programme.ok());
  FakeHost host;
  auto session = PlaySession::Create(**programme, folder.path() + "/" + ParticipantFolder(1), host);
  REQUIRE(session.ok());
  SimulatedPerson person(MakePlayerFactory(network).value(), 4);
  REQUIRE(person.Play(**session, host, 0.8, 5000).ok());
  const auto results = ReadStudyResults(study, folder.path());
  REQUIRE(results.ok());
  CHECK(results->complete == std::vector<int>{1});
  for (const BuiltHouse& house : results->houses) {
    CHECK(house.reason == "horizon");
    CHECK(house.figures.timesteps == 60);
  }
}

TEST_CASE("Files of studies that do not make sense are refused by key") {
  const TempDir folder;
  const auto error = [&](const std::string& from, const std::string& to) {
    std::string text = kStudy;
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
    const std::string path = folder.path() + "/bad.toml";
    std::ofstream(path) << text;
    return std::string(LoadPlayStudy(path).status().message());
  };
  CHECK_THAT(error("\"belief\"", "\"alone\""),
             Catch::Contains("bad.toml") && Catch::Contains("two are called \"alone\""));
  CHECK_THAT(error("kind = \"scale\"", "kind = \"choice\""),
             Catch::Contains("\"helpful\": expected choices"));
  CHECK_THAT(error("kind = \"scale\"", "kind = \"scale\"\nfrom = 7"),
             Catch::Contains("from 7 to 7, expected a scale that rises"));
  CHECK_THAT(error("houses = 2", "houses = 0"), Catch::Contains("houses"));
}

TEST_CASE("The shipped study is read, and its assistants are there") {
  const std::string path = SourceDir() + "/configs/play_study.toml";
  const auto study = LoadPlayStudy(path);
  INFO(study.status());
  REQUIRE(study.ok());
  const auto programme = MakeStudyProgramme(*study, "", 1);
  INFO(programme.status());
  CHECK(programme.ok());
}

TEST_CASE("Answers are checked by item") {
  ScreenStage screen;
  screen.items = {{"a", "", ScreenItem::Kind::kScale, 1, 5, "", "", {}},
                  {"b", "", ScreenItem::Kind::kChoice, 1, 7, "", "", {"x", "y"}},
                  {"c", "", ScreenItem::Kind::kText, 1, 7, "", "", {}}};
  const auto error = [&](const nlohmann::json& answers) {
    return std::string(CheckAnswers(screen, answers).message());
  };
  CHECK(error({{"a", 5}, {"b", "y"}, {"c", "words"}}) == "");
  CHECK(error({{"a", 1}, {"b", "x"}}) == "");
  CHECK_THAT(error({{"a", 6}, {"b", "y"}}), Catch::Contains("answers.a"));
  CHECK_THAT(error({{"a", 1.5}, {"b", "y"}}), Catch::Contains("answers.a"));
  CHECK(error({{"a", 1}, {"b", "z"}}) == "answers.b: expected one of x, y");
  CHECK(error({{"a", 1}}) == "answers.b: is missing");
  CHECK(error({{"a", 1}, {"b", "x"}, {"d", 1}}) == "answers.d: nobody asked for it");
}

}  // namespace
}  // namespace hod::engine
