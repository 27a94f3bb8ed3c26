// Networks of the reference as humans and assistants of episodes and evaluations.
#include "engine/play/player_spec.h"

#include "absl/strings/match.h"
#include "engine/evaluation/evaluate.h"
#include "engine/play/episode_tally.h"
#include "env/base/files.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"
#include "tests/support/models/reference_samples.h"

namespace hod::engine {
namespace {

// The path of a small network that fits every world; a human sees the goal.
std::string SavedNetwork(const TempDir& dir, const std::string& name, bool sees_goal) {
  models::ReferenceConfig config = models::SmallConvolutional();
  config.mask_goal = !sees_goal;
  std::string path = dir.path() + "/" + name + ".safetensors";
  REQUIRE(models::SaveReference(path, models::RandomWeights(config, 1)).ok());
  return path;
}

// The path of an untrained network of Hod's, which does not see the goal.
std::string SavedAssistant(const TempDir& dir) {
  std::string path = dir.path() + "/checkpoint.safetensors";
  const models::Network network = models::InitialNetwork(TinyConfig().network, Rng(1));
  REQUIRE(models::SaveNetwork(path, {network, "{}"}).ok());
  return path;
}

EpisodeFigures Play(const std::string& human, const std::string& assistant) {
  EpisodeSetup setup = TinySetup(1, /*assisted=*/false);
  setup.seats = {*MakePlayerFactory(human), *MakePlayerFactory(assistant)};
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  CHECK(episode->game().num_players() == 2);
  EpisodeTally tally(episode.get());
  episode->AddObserver(&tally);
  const absl::StatusOr<const mcts::Position*> end = episode->NextLeaf();
  INFO(end.status());
  REQUIRE(end.ok());
  CHECK(*end == nullptr);
  return tally.figures();
}

TEST_CASE("Networks of the reference play both parts of an episode, without searches") {
  const TempDir dir;
  const std::string human = SavedNetwork(dir, "human", true);
  const std::string assistant = SavedNetwork(dir, "assistant", false);
  const EpisodeFigures figures = Play(human, assistant);
  CHECK(figures.timesteps > 0);
  CHECK(figures.human_actions > 0);
  CHECK(figures.assistant_actions > 0);
  CHECK(ToJson(Play(human, assistant)) == ToJson(figures));
  CHECK(Play("heuristic", "noop").assistant_actions == 0);
}

TEST_CASE("An assistant's checkpoint plays without searches, too") {
  const TempDir dir;
  const EpisodeFigures figures = Play("heuristic", SavedAssistant(dir));
  CHECK(figures.assistant_actions > 0);
  CHECK(ToJson(Play("heuristic", SavedAssistant(dir))) == ToJson(figures));
}

TEST_CASE("An evaluation takes a player by name for the assistant") {
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.config.evaluation.episodes = 2;
  setup.assistant = *OpenAssistant("random");
  const absl::StatusOr<EvaluationReport> report = Evaluate(setup);
  INFO(report.status());
  REQUIRE(report.ok());
  for (const PairedFigures& house : report->houses) CHECK(house.assisted.assistant_actions > 0);
  CHECK(report->evaluations == 0);
}

TEST_CASE("What players are called is listed with what each does") {
  for (const PlayerForm& form : PlayerForms()) {
    CHECK_THAT(PlayerSpecs(), Catch::Contains(form.spec));
    CHECK_THAT(DescribePlayers(), Catch::Contains("| `" + form.spec + "` | " + form.description));
    if (absl::StrContains(form.spec, "FILE") || absl::StrContains(form.spec, "GOALS")) continue;
    EpisodeSetup setup = TinySetup(1, /*assisted=*/false);
    setup.seats = {*MakePlayerFactory(form.spec)};
    const absl::Status created = Episode::Create(std::move(setup)).status();
    CHECK(created.ok());
  }
}

TEST_CASE("An evaluation takes networks of the reference for the human and the assistant") {
  const TempDir dir;
  EvaluationSetup setup;
  setup.config = TinyConfig();
  setup.config.evaluation.episodes = 2;
  setup.config.evaluation.threads = 2;
  setup.human = SavedNetwork(dir, "human", true);
  setup.assistant = *OpenAssistant(SavedNetwork(dir, "assistant", false));
  const absl::StatusOr<EvaluationReport> report = Evaluate(setup);
  INFO(report.status());
  REQUIRE(report.ok());
  for (const PairedFigures& house : report->houses) {
    CHECK(house.alone.assistant_actions == 0);
    CHECK(house.assisted.assistant_actions > 0);
  }
}

TEST_CASE("docs/learning.md lists the players of this program") {
  const absl::StatusOr<std::string> page = ReadFile(SourceDir() + "/docs/learning.md");
  REQUIRE(page.ok());
  CHECK_THAT(*page, Catch::Contains(DescribePlayers()));
}

TEST_CASE("Players that cannot play are refused by name") {
  const TempDir dir;
  const auto error = [](const absl::Status& status) { return std::string(status.message()); };
  CHECK(error(MakePlayerFactory("/nowhere.safetensors").status()) ==
        "/nowhere.safetensors: cannot read: No such file or directory");
  const std::string checkpoint = SavedAssistant(dir);
  EpisodeSetup setup = TinySetup(1, /*assisted=*/false);
  setup.seats = {*MakePlayerFactory(checkpoint)};
  const absl::Status refused = Episode::Create(std::move(setup)).status();
  CHECK(error(refused) ==
        checkpoint + ": its network does not see the goal, expected that of a human");

  // An assistant does not see the goal.
  setup = TinySetup(1, /*assisted=*/false);
  const std::string human = SavedNetwork(dir, "human", true);
  setup.seats.push_back(*MakePlayerFactory(human));
  CHECK_THAT(error(Episode::Create(std::move(setup)).status()),
             Catch::StartsWith(human) && Catch::Contains("goal_visible"));

  // A network that fails while it plays ends the episode.
  models::ReferenceWeights broken = models::RandomWeights(models::SmallConvolutional(), 1);
  for (float& value : broken.tensors["policy.output.weight"]) value = 3e38f;
  REQUIRE(models::SaveReference(human, broken).ok());
  setup = TinySetup(1, /*assisted=*/false);
  setup.seats = {*MakePlayerFactory(human)};
  CHECK_THAT(error(TinyEpisode(std::move(setup))->NextLeaf().status()),
             Catch::StartsWith(human + ": ") && Catch::Contains("not finite"));
}

}  // namespace
}  // namespace hod::engine
