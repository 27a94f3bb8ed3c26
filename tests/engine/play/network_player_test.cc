// Networks that see the goal, as humans: by their policy, by searches and in mixtures.
#include "engine/play/network_player.h"

#include <cmath>
#include <set>

#include "engine/play/episode_tally.h"
#include "engine/play/human_file.h"
#include "engine/play/player_spec.h"
#include "env/game/action_mask.h"
#include "env/game/roles.h"
#include "env/players/make_player.h"
#include "mcts/run_search.h"
#include "models/backends/network_evaluator.h"
#include "models/checkpoints/checkpoint.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

models::Network GoalNetwork(uint64_t seed) {
  models::Network network =
      models::InitialNetwork({.channels = 8, .blocks = 1, .goal_visible = true}, Rng(seed));
  Rng rng(seed);
  for (float& parameter : network.parameters) parameter += static_cast<float>(0.1 * rng.Normal());
  return network;
}

std::string SavedNetwork(const TempDir& dir, const std::string& name, uint64_t seed) {
  std::string path = dir.path() + "/" + name + ".safetensors";
  REQUIRE(models::SaveNetwork(path, {GoalNetwork(seed), "{}"}).ok());
  return path;
}

std::string Error(const std::string& spec) {
  return std::string(MakePlayerFactory(spec).status().message());
}

// An episode of a human alone.
EpisodeFigures Play(const std::string& human, uint64_t seed) {
  EpisodeSetup setup = TinySetup(seed, /*assisted=*/false);
  setup.seats = {*MakePlayerFactory(human)};
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  EpisodeTally tally(episode.get());
  episode->AddObserver(&tally);
  const absl::StatusOr<const mcts::Position*> end = episode->NextLeaf();
  INFO(end.status());
  REQUIRE(end.ok());
  return tally.figures();
}

TEST_CASE("A network that sees the goal acts by its policy over the valid actions") {
  const TempDir dir;
  const PlayerFactory factory = *MakePlayerFactory(SavedNetwork(dir, "human", 1));
  const std::unique_ptr<Episode> episode = TinyEpisode(TinySetup(1, /*assisted=*/false));
  const env::Game& game = episode->game();
  env::State state = episode->state();
  const auto human = *factory(game, env::kHuman, 3);
  models::NetworkEvaluator evaluator(GoalNetwork(1));
  std::vector<int32_t> valid;
  Rng rng(5);
  for (int t = 0; t < 10; ++t) {
    env::ValidActions(game, state, env::kHuman, /*line_of_sight=*/true, valid);
    const mcts::Position position = {&game, &state, env::kHuman, valid};
    mcts::Evaluation evaluation;
    REQUIRE(evaluator.Evaluate({&position, 1}, {&evaluation, 1}).ok());
    const env::ActionDistribution policy = human->NextAction(state);
    REQUIRE(policy.size() == valid.size());
    for (size_t i = 0; i < valid.size(); ++i) {
      CHECK(policy[i] == std::pair(valid[i], evaluation.policy[i]));
    }
    // Others stand still.
    REQUIRE(evaluation.human_policy.size() == 1);
    CHECK(evaluation.human_policy.front().id == 0);
    const int32_t id = env::Sample(policy, rng);
    human->Observe(state, id);
    game.Step(state, {{game.actions().Unflatten(id)}});
  }
}

TEST_CASE("A human file lets a network search, as a search with the true rewards does") {
  const TempDir dir;
  const std::string network = SavedNetwork(dir, "bc-3", 1);
  const std::string file = dir.path() + "/pikl.toml";
  dir.Write("pikl.toml", "network = \"" + dir.path() +
                             "/bc-{participant}.safetensors\"\n[search]\nnum_simulations = 9\n"
                             "c_puct = 2.0\n");
  const PlayerFactory factory = *MakePlayerFactory(file, "3");
  const std::unique_ptr<Episode> episode = TinyEpisode(TinySetup(1, /*assisted=*/false));
  const env::State& state = episode->state();
  const auto human = *factory(episode->game(), env::kHuman, 3);
  const env::ActionDistribution policy = human->NextAction(state);
  REQUIRE(human->status().ok());

  const HumanFile settings = *LoadHumanFile(file);
  CHECK(settings.search.num_simulations == 9);
  CHECK(settings.search.root_policy == mcts::RootPolicy::kLimiting);
  CHECK_FALSE(settings.search.use_goal_predictor);
  models::NetworkEvaluator evaluator(GoalNetwork(1));
  const env::Game planning = mcts::PlanningGame(episode->game(), settings.search);
  mcts::Search search;
  search.Start(settings.search, &planning, state, env::kHuman, Rng(77));
  REQUIRE(mcts::RunSearch(search, evaluator, {}).ok());
  CHECK(search.result().policy == policy);  // Nothing is drawn in it.
  CHECK(human->NextAction(state) == policy);

  CHECK_THAT(Error(file), Catch::Contains("bc-.safetensors"));
  CHECK(ToJson(Play(network, 2)) != ToJson(Play("noop", 2)));
}

TEST_CASE("A mixture draws one of its humans for each episode, as often as its weight says") {
  const TempDir dir;
  dir.Write("mixture.toml", R"(
humans = ["noop", "random", "heuristic"]
weights = [1, 0, 3.0]
)");
  const std::string mixture = dir.path() + "/mixture.toml";
  const PlayerFactory factory = *MakePlayerFactory(mixture);
  const std::unique_ptr<Episode> episode = TinyEpisode(TinySetup(1, /*assisted=*/false));
  int noops = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const auto human = *factory(episode->game(), env::kHuman, seed);
    const env::ActionDistribution policy = human->NextAction(episode->state());
    noops += policy == env::ActionDistribution{{0, 1.0f}};
    const auto again = *factory(episode->game(), env::kHuman, seed);
    CHECK(again->NextAction(episode->state()) == policy);
  }
  CHECK(noops > 70);
  CHECK(noops < 130);
}

TEST_CASE("A human file gives the heuristic builder a style, and each episode draws the rest") {
  const TempDir dir;
  dir.Write("slow.toml", "style = [\"pause=0.6\", \"slip=0.2\"]");
  const PlayerFactory factory = *MakePlayerFactory(dir.path() + "/slow.toml");
  const std::unique_ptr<Episode> episode = TinyEpisode(TinySetup(1, /*assisted=*/false));
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const auto expected =
        *env::MakeHeuristicBuilder({"pause=0.6", "slip=0.2"}, episode->game(), env::kHuman, seed);
    const auto human = *factory(episode->game(), env::kHuman, seed);
    CHECK(human->NextAction(episode->state()) == expected->NextAction(episode->state()));
  }
  // It may be one of a mixture.
  dir.Write("mixture.toml", "humans = [\"" + dir.path() + "/slow.toml\", \"noop\"]");
  CHECK(MakePlayerFactory(dir.path() + "/mixture.toml").ok());
}

TEST_CASE("A searching human may draw its exploration for a whole episode") {
  const TempDir dir;
  SavedNetwork(dir, "bc", 1);
  const std::string head = "network = \"" + dir.path() + "/bc.safetensors\"\n";
  const std::string search =
      "[search]\nleaf_value = \"network\"\nnum_simulations = 6\nc_puct = [0.01, 100.0]\n";
  dir.Write("episode.toml", head + "c_puct_per = \"episode\"\n" + search);
  dir.Write("move.toml", head + search);
  const std::unique_ptr<Episode> episode = TinyEpisode(TinySetup(1, /*assisted=*/false));
  // How many policies come of the same position, asked again and again.
  const auto policies = [&](const std::string& name) {
    const PlayerFactory factory = *MakePlayerFactory(dir.path() + "/" + name);
    const auto human = *factory(episode->game(), env::kHuman, 1);
    std::set<env::ActionDistribution> seen;
    for (int i = 0; i < 12; ++i) {
      seen.insert(human->NextAction(episode->state()));
      human->Observe(episode->state(), 0);
    }
    return seen.size();
  };
  CHECK(policies("episode.toml") == 1);
  CHECK(policies("move.toml") == 2);
}

TEST_CASE("Human files that say nothing sensible are refused by file and key") {
  const TempDir dir;
  const auto refused = [&](const std::string& text) {
    dir.Write("h.toml", text);
    std::string error = Error(dir.path() + "/h.toml");
    CHECK_THAT(error, Catch::StartsWith(dir.path() + "/h.toml: "));
    return error;
  };
  CHECK_THAT(refused(""), Catch::Contains("expected one of \"network\", \"style\" and \"humans\""));
  for (const char* two :
       {"network = \"a\"\nhumans = [\"noop\"]", "network = \"a\"\nstyle = [\"slip=0\"]",
        "style = [\"slip=0\"]\nhumans = [\"noop\"]"}) {
    CHECK_THAT(refused(two), Catch::Contains("expected one of"));
  }
  CHECK_THAT(refused("style = [\"slip=0\", \"slip=3\"]"),
             Catch::Contains("style: slip=3: slip: expected a number from 0 to 0.2"));
  CHECK_THAT(refused("style = [\"haste=1\"]"), Catch::Contains("haste"));
  CHECK_THAT(refused("network = 3"), Catch::Contains("line 1: network: expected"));
  CHECK_THAT(refused("humans = [\"noop\", 3]"), Catch::Contains("humans: expected"));
  CHECK_THAT(refused("humans = [\"noop\"]\nweights = [1, 2]"),
             Catch::Contains("weights: expected one for each of the 1 humans"));
  CHECK_THAT(refused("humans = [\"noop\"]\nweights = [0]"), Catch::Contains("sum above 0"));
  CHECK_THAT(refused("[search]\nc_puct = -1"), Catch::Contains("search.c_puct: expected"));
  CHECK_THAT(refused("[search]\nsimulations = 1"), Catch::Contains("no such setting"));
  CHECK_THAT(refused("= 3"), Catch::Contains("line 1"));
  CHECK_THAT(refused("humans = [\"" + dir.path() + "/h.toml\"]"), Catch::Contains("is a mixture"));
  dir.Write("missing.toml", "network = \"/nowhere.safetensors\"");
  CHECK(Error(dir.path() + "/missing.toml") ==
        "/nowhere.safetensors: cannot read: No such file or directory");

  // Where the goal may not be seen, such a network may not play.
  const std::string network = SavedNetwork(dir, "human", 1);
  EpisodeSetup setup = TinySetup(1, /*assisted=*/false);
  setup.seats.push_back(*MakePlayerFactory(network));
  CHECK_THAT(std::string(Episode::Create(std::move(setup)).status().message()),
             Catch::StartsWith(network) && Catch::Contains("sees the goal"));
}

TEST_CASE("A builder searches alone, and is paid for what it builds") {
  EpisodeSetup setup = TinySetup(1, /*assisted=*/false);
  RunConfig config = *ParseRunConfig("player = \"human\"\n" + TinyToml(), "tiny.toml");
  CHECK(config.network.goal_visible);
  CHECK_FALSE(config.search.use_goal_predictor);
  CHECK(config.PlayedGame().num_players() == 1);
  setup.seats = {SelfPlaySearches(config)};
  const std::unique_ptr<Episode> episode = TinyEpisode(std::move(setup));
  CHECK(episode->game().num_players() == 1);
  CHECK(episode->asker() == env::kHuman);
  class Watch : public EpisodeObserver {
   public:
    absl::Status AfterMove(const Move& move, const env::State&) override {
      CHECK(move.search != nullptr);
      CHECK(move.policies[env::kHuman].empty());
      CHECK(move.ids.size() == 1);
      return absl::OkStatus();
    }
  } watch;
  EpisodeTally tally(episode.get());
  episode->AddObserver(&watch);
  episode->AddObserver(&tally);
  PlayToEnd(*episode);
  CHECK(tally.figures().timesteps > 0);
  CHECK(tally.figures().assistant_actions == 0);
}

}  // namespace
}  // namespace hod::engine
