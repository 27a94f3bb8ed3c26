// The search against its slow twin, on random small games under random options.
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "tests/mcts/twin_policy.h"
#include "tests/mcts/twin_search.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"
#include "tests/support/mcts/evaluators.h"

namespace hod::mcts {
namespace {

constexpr double kTolerance = 1e-5;

// Draws every option there is.
SearchOptions RandomOptions(Rng& rng) {
  SearchOptions options;
  options.num_simulations = rng.Chance(0.05) ? 1 : rng.Between(2, 60);
  options.gamma = 0.9 + 0.1 * rng.Uniform();
  options.c_puct = {0.5 + 2 * rng.Uniform()};
  if (rng.Chance(0.2)) options.c_puct = {0.3, 1.0, 3.0};
  options.selection = static_cast<Selection>(rng.Below(4));
  options.root_policy = static_cast<RootPolicy>(rng.Below(3));
  options.goal_posterior = static_cast<GoalPosterior>(rng.Below(4));
  options.use_goal_predictor = rng.Chance(0.8);
  if (rng.Chance(0.4)) options.leaf_value = static_cast<LeafValue>(rng.Below(3));
  options.line_of_sight = rng.Chance(0.5);
  options.init_q_with_max = rng.Chance(0.25);
  options.explore_noops = rng.Chance(0.7);
  if (rng.Chance(0.3)) options.prior_temperature = 0.5 + rng.Uniform();
  if (rng.Chance(0.3)) options.reward_prior_weight = rng.Uniform();
  options.temperature = 0.5 + rng.Uniform();
  options.noise_weight = rng.Chance(0.5) ? 0 : 0.5 * rng.Uniform();
  options.type_noise_alpha = rng.Chance(0.2) ? 1e-3 : rng.Uniform() + 0.1;
  options.action_noise_total = 1 + 20 * rng.Uniform();
  options.considered_actions = rng.Between(1, 20);
  options.gumbel_noise = rng.Chance(0.5);
  options.value_visits = rng.Between(1, 50);
  options.value_scale = rng.Chance(0.5) ? 0.1 : rng.Uniform();
  options.respect_removals = rng.Chance(0.3);
  if (rng.Chance(0.3)) options.own_reward_scale = 0.5;
  if (rng.Chance(0.3)) options.own_reward_shift = -0.25;
  options.max_in_flight = rng.Chance(0.5) ? 1 : rng.Between(2, 8);
  return options;
}

std::string Describe(const SearchOptions& o) {
  std::ostringstream out;
  out << o.num_simulations << " simulations, selection " << static_cast<int>(o.selection)
      << ", root policy " << static_cast<int>(o.root_policy) << ", posterior "
      << static_cast<int>(o.goal_posterior) << ", predictor " << o.use_goal_predictor << ", value "
      << static_cast<int>(o.leaf_value) << ", noops " << o.explore_noops << ", noise "
      << o.noise_weight << ", considered " << o.considered_actions << ", in flight "
      << o.max_in_flight;
  return out.str();
}

// A position, in which players may have removed blocks anywhere.
env::State RandomState(const env::Game& game, Rng& rng) {
  env::State state = rng.Chance(0.5) ? game.Reset(rng) : env::ScatteredState(game, 0.3, rng);
  for (env::BlockSet& broken : state.broken) {
    if (rng.Chance(0.2)) broken = static_cast<env::BlockSet>(rng());
  }
  return state;
}

// Compares a node of the search, and everything below it, with its twin.
void CompareNodes(const Search& search, const Node& node, const TwinNode& twin) {
  REQUIRE(node.visits == twin.visits);
  REQUIRE(node.in_flight == 0);
  REQUIRE(node.expanded == twin.expanded);
  REQUIRE(node.value_sum == Approx(twin.total).margin(kTolerance));
  REQUIRE(node.min_value == Approx(twin.lowest).margin(kTolerance));
  REQUIRE(node.max_value == Approx(twin.highest).margin(kTolerance));
  REQUIRE(node.reward == Approx(twin.reward).margin(kTolerance));
  REQUIRE(node.reward_sum == Approx(twin.reward_sum).margin(kTolerance));
  REQUIRE(node.own_reward == Approx(twin.own_reward).margin(kTolerance));
  size_t actions = 0, children = 0;
  for (const TypeStats& type : node.types) {
    REQUIRE(type.in_flight == 0);
    for (int32_t a = type.begin; a < type.end; ++a, ++actions) {
      const ActionView stats = search.action(type, a);
      REQUIRE(twin.actions.count(stats.id) == 1);
      const TwinAction& expected = twin.actions.at(stats.id);
      REQUIRE(stats.prior == Approx(expected.prior).margin(kTolerance));
      REQUIRE(stats.visits == expected.visits);
      REQUIRE(stats.value_sum == Approx(expected.sum).margin(kTolerance));
      for (int32_t c = stats.first_child; c != kNone; c = search.nodes()[c].next_sibling) {
        const Node& child = search.nodes()[c];
        ++children;
        REQUIRE(twin.children.count({stats.id, child.human_action}) == 1);
        CompareNodes(search, child, *twin.children.at({stats.id, child.human_action}));
      }
    }
  }
  REQUIRE(actions == twin.actions.size());
  REQUIRE(children == twin.children.size());
}

void CompareResults(const SearchOptions& options, const SearchResult& result, TwinSearch& twin,
                    const TwinNode& root) {
  const std::map<int, double> policy = TwinRootPolicy(options, twin.c_puct(), root);
  double sum = 0, highest = 0;
  for (const auto& [id, p] : result.policy) {
    CHECK(p == Approx(policy.at(id)).margin(kTolerance));
    sum += p;
    highest = std::max<double>(highest, p);
  }
  CHECK(sum == Approx(1.0));
  CHECK(result.root_value == Approx(root.total / root.visits).margin(kTolerance));
  if (options.selection != Selection::kGumbel) {
    CHECK(policy.at(result.best_action) == Approx(highest).margin(kTolerance));
    return;
  }
  const int winner = twin.Winner(root);
  if (!twin.close_call()) CHECK(result.best_action == winner);
}

int Depth(const TwinNode& node) {
  int depth = 0;
  for (const auto& [edge, child] : node.children) depth = std::max(depth, 1 + Depth(*child));
  return depth;
}

TEST_CASE("the search agrees with its slow twin on every node") {
  constexpr int kGames = 400;
  Rng rng(21);
  int deepest = 0, compared = 0;
  std::map<Selection, int> of_selection;
  for (int i = 0; i < kGames; ++i) {
    env::GameConfig config = env::RandomConfig(rng);
    config.size = {rng.Between(4, 6), rng.Between(4, 6), rng.Between(4, 6)};
    SearchOptions options = RandomOptions(rng);
    // Line of sight with teleportation is what the twin cannot do fast.
    if (config.abilities.teleportation) options.line_of_sight = false;
    if (rng.Chance(0.3)) config.horizon = 3;  // Trees that reach the end.
    const env::Game game = PlanningGame(env::Game(config, env::RandomGoal(config, rng)), options);
    const env::State state = RandomState(game, rng);
    const int player = rng.Below(game.num_players());
    HashEvaluator evaluator(i, {.coarse = rng.Chance(0.4),
                                .zero_priors = rng.Chance(0.4),
                                .spread_human = rng.Chance(0.7)});
    const int deliveries = rng.Between(1, options.max_in_flight);
    INFO("game " << i << ": " << Describe(options));

    Search search;
    search.Start(options, &game, state, player, Rng(i));
    REQUIRE(Run(search, evaluator, deliveries).ok());
    TwinSearch twin(options, game, player, evaluator, Rng(i));
    const std::unique_ptr<TwinNode> root = twin.Run(state, deliveries);
    if (twin.close_call()) continue;
    ++compared;
    ++of_selection[options.selection];
    CompareNodes(search, search.root(), *root);
    CompareResults(options, search.result(), twin, *root);
    deepest = std::max(deepest, Depth(*root));
  }
  INFO("compared " << compared << " of " << kGames);
  CHECK(deepest >= 3);
  CHECK(compared > kGames / 2);
  for (const auto& [selection, count] : of_selection) CHECK(count > kGames / 10);
}

}  // namespace
}  // namespace hod::mcts
