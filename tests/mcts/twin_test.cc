// The search against its slow twin, on random small games under random options.
#include <catch2/catch.hpp>

#include "tests/game/random_game.h"
#include "tests/mcts/evaluators.h"
#include "tests/mcts/twin_search.h"

namespace hod::mcts {
namespace {

constexpr double kTolerance = 1e-5;

SearchOptions RandomOptions(env::Rng& rng) {
  SearchOptions options;
  options.num_simulations = rng.Between(2, 60);
  options.gamma = 0.9 + 0.1 * rng.Uniform();
  options.c_puct = {0.5 + 2 * rng.Uniform()};
  options.selection = static_cast<Selection>(rng.Below(3));
  options.goal_posterior = static_cast<GoalPosterior>(rng.Below(4));
  options.use_goal_predictor = rng.Chance(0.8);
  options.line_of_sight = rng.Chance(0.5);
  options.init_q_with_max = rng.Chance(0.25);
  options.explore_noops = rng.Chance(0.7);
  if (rng.Chance(0.3)) options.prior_temperature = 0.5 + rng.Uniform();
  if (rng.Chance(0.3)) options.reward_prior_weight = rng.Uniform();
  options.temperature = 0.5 + rng.Uniform();
  options.noise_weight = 0;
  if (rng.Chance(0.3)) options.own_reward_scale = 0.5;
  if (rng.Chance(0.3)) options.own_reward_shift = -0.25;
  return options;
}

// Compares a node of the search, and everything below it, with its twin.
void CompareNodes(const env::Game& game, const Search& search, const Node& node,
                  const TwinNode& twin) {
  REQUIRE(node.visits == twin.node_visits);
  REQUIRE(node.expanded == twin.expanded);
  REQUIRE(node.value_sum == Approx(twin.total).margin(kTolerance));
  REQUIRE(node.min_value == Approx(twin.lowest).margin(kTolerance));
  REQUIRE(node.max_value == Approx(twin.highest).margin(kTolerance));
  REQUIRE(node.reward_sum == Approx(twin.reward_sum).margin(kTolerance));
  REQUIRE(node.own_reward == Approx(twin.own_reward).margin(kTolerance));
  size_t actions = 0, children = 0;
  for (const TypeStats& type : node.types) {
    for (int32_t a = type.begin; a < type.end; ++a, ++actions) {
      const ActionView stats = search.action(type, a);
      REQUIRE(twin.prior.count(stats.id) == 1);
      REQUIRE(stats.prior == Approx(twin.prior.at(stats.id)).margin(kTolerance));
      REQUIRE(stats.visits == (twin.visits.count(stats.id) ? twin.visits.at(stats.id) : 0));
      if (stats.visits > 0) {
        REQUIRE(stats.value_sum == Approx(twin.sums.at(stats.id)).margin(kTolerance));
      }
      for (int32_t c = stats.first_child; c != kNone; c = search.nodes()[c].next_sibling) {
        const Node& child = search.nodes()[c];
        ++children;
        REQUIRE(twin.children.count({stats.id, child.human_action}) == 1);
        CompareNodes(game, search, child, *twin.children.at({stats.id, child.human_action}));
      }
    }
  }
  REQUIRE(actions == twin.valid.size());
  REQUIRE(children == twin.children.size());
}

TEST_CASE("the search agrees with its slow twin on every node") {
  env::Rng rng(21);
  int deepest = 0, compared = 0;
  for (int i = 0; i < 170; ++i) {
    env::GameConfig config = env::RandomConfig(rng);
    config.size = {rng.Between(4, 6), rng.Between(4, 6), rng.Between(4, 6)};
    // Line of sight with teleportation is what the twin cannot do fast.
    const SearchOptions options = [&]() {
      SearchOptions o = RandomOptions(rng);
      if (config.abilities.teleportation) o.line_of_sight = false;
      return o;
    }();
    if (rng.Chance(0.3)) config.horizon = 3;  // Trees that reach the end.
    const env::Game game = PlanningGame(env::Game(config, env::RandomGoal(config, rng)), options);
    const env::State state =
        rng.Chance(0.5) ? game.Reset(rng) : env::ScatteredState(game, 0.3, rng);
    const int player = rng.Below(game.num_players());
    HashEvaluator evaluator(i, {.coarse = rng.Chance(0.5)});

    Search search;
    search.Start(options, &game, state, player, env::Rng(5));
    REQUIRE(Run(search, evaluator).ok());
    TwinSearch twin(options, game, player, evaluator);
    const std::unique_ptr<TwinNode> root = twin.Run(state);
    if (twin.close_call()) continue;
    ++compared;

    INFO("game " << i << " simulations " << options.num_simulations << " selection "
                 << static_cast<int>(options.selection) << " posterior "
                 << static_cast<int>(options.goal_posterior) << " predictor "
                 << options.use_goal_predictor << " noops " << options.explore_noops);
    CompareNodes(game, search, search.root(), *root);
    for (const TwinNode* n = root.get(); !n->children.empty();) {
      n = n->children.begin()->second.get();
      deepest = std::max(deepest, n->state.timestep - state.timestep);
    }

    const SearchResult result = search.result();
    const std::map<int, double> policy = twin.Policy(*root);
    double sum = 0, highest = 0;
    for (const auto& [id, p] : result.policy) {
      CHECK(p == Approx(policy.at(id)).margin(kTolerance));
      sum += p;
      highest = std::max<double>(highest, p);
    }
    CHECK(sum == Approx(1.0));
    CHECK(policy.at(result.best_action) == Approx(highest).margin(kTolerance));
    CHECK(result.root_value == Approx(root->total / root->node_visits).margin(kTolerance));
  }
  CHECK(deepest >= 3);
  CHECK(compared > 120);
}

}  // namespace
}  // namespace hod::mcts
