// What a search promises, beyond the numbers that its twin checks.
#include "mcts/search.h"

#include <cmath>
#include <map>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

TEST_CASE("with a goal predictor the true goal has no influence") {
  Rng rng(1);
  for (int i = 0; i < 40; ++i) {
    const env::GameConfig config = env::RandomConfig(rng);
    SearchOptions options;
    options.num_simulations = 40;
    options.goal_posterior = static_cast<GoalPosterior>(i % 4);
    options.line_of_sight = !config.abilities.teleportation;
    const env::Game a = PlanningGame(env::Game(config, env::RandomGoal(config, rng)), options);
    const env::Game b = PlanningGame(env::Game(config, env::RandomGoal(config, rng)), options);
    const env::State state = a.Reset(rng);
    // A world that is the goal already: ending on completion would give it away.
    const env::Game c = PlanningGame(env::Game(config, state.blocks), options);
    HashEvaluator evaluator(i);
    std::vector<std::vector<double>> prints;
    for (const env::Game* game : {&a, &b, &c}) {
      Search search;
      search.Start(options, game, game->Begin(state), 0, Rng(4));
      REQUIRE(Run(search, evaluator).ok());
      prints.push_back(Fingerprint(search));
    }
    INFO("game " << i);
    CHECK(prints[0] == prints[1]);
    CHECK(prints[0] == prints[2]);
  }
}

TEST_CASE("without a goal predictor the tree sees true rewards and the end on completion") {
  SearchOptions options;
  options.use_goal_predictor = false;
  options.noise_weight = 0;
  options.num_simulations = 400;
  env::GameConfig config = TinyConfig();
  config.players.resize(1);
  env::State state = Start(TinyGame(options, config));
  state.players[0].feet = {1, 2, 1};
  std::vector<env::Block> goal = state.blocks;
  goal[config.size.Index({2, 2, 1})] = env::kWool;
  const env::Game game = PlanningGame(env::Game(config, goal), options);
  ConstantEvaluator evaluator([&](const Position& position, Evaluation& e) {
    for (size_t i = 0; i < e.policy.size(); ++i) {  // Noop, or any block in that place.
      const env::Action a = game.actions().Unflatten(position.valid_actions[i]);
      e.policy[i] = a == env::Action{} || (a.type == env::ActionType::kPlace &&
                                           a.location == config.size.Index({2, 2, 1}));
    }
  });
  Search search;
  search.Start(options, &game, game.Begin(state), 0, Rng(1));
  REQUIRE(Run(search, evaluator).ok());
  const env::Action best = game.actions().Unflatten(search.result().best_action);
  CHECK((best == env::Action{env::ActionType::kPlace, config.size.Index({2, 2, 1}), env::kWool}));
  const bool ended = std::any_of(search.nodes().begin(), search.nodes().end(),
                                 [](const Node& n) { return n.terminal && n.visits > 1; });
  CHECK(ended);
  CHECK(search.MeanReward(search.result().best_action).first == 1.0);
}

TEST_CASE("a finished game is worth nothing and never expanded") {
  SearchOptions options;
  options.num_simulations = 50;
  env::GameConfig config = TinyConfig();
  config.horizon = 2;
  const env::Game game = TinyGame(options, config);
  Search search;
  search.Start(options, &game, Start(game), 0, Rng(1));
  HashEvaluator evaluator(1);
  REQUIRE(Run(search, evaluator).ok());
  int over = 0;
  for (const Node& node : search.nodes()) {
    if (!node.terminal) continue;
    ++over;
    CHECK_FALSE(node.expanded);
    CHECK(node.value_sum == Approx(node.visits * node.reward));
  }
  CHECK(over > 0);
}

TEST_CASE("truncation for lack of progress does not end the tree's games") {
  env::GameConfig config = TinyConfig();
  config.truncate_on_no_progress_timesteps = 1;
  const SearchOptions options;
  const env::Game game = TinyGame(options, config);
  CHECK_FALSE(game.config().truncate_on_no_progress_timesteps.has_value());
  CHECK_FALSE(game.config().terminate_on_goal_completion);
  SearchOptions knows_goal;
  knows_goal.use_goal_predictor = false;
  CHECK(TinyGame(knows_goal, config).config().terminate_on_goal_completion);
}

TEST_CASE("without search the policy is the priors of the valid actions") {
  SearchOptions options;
  options.num_simulations = 1;
  options.temperature = 1.0;
  options.noise_weight = 0;
  for (const bool explore_noops : {true, false}) {
    options.explore_noops = explore_noops;
    const env::Game game = TinyGame(options);
    const env::State state = Start(game);
    HashEvaluator evaluator(2);
    Search search;
    search.Start(options, &game, state, 0, Rng(1));
    REQUIRE(Run(search, evaluator).ok());
    std::vector<int32_t> valid;
    env::ValidActions(game, state, 0, true, valid);
    const Position position = {&game, &state, 0, valid};
    Evaluation evaluation;
    REQUIRE(evaluator.Evaluate({&position, 1}, {&evaluation, 1}).ok());
    double sum = 0;
    for (const float p : evaluation.policy) sum += p;
    const SearchResult result = search.result();
    REQUIRE(result.policy.size() == valid.size());
    float highest = 0, best = -1;
    for (size_t i = 0; i < valid.size(); ++i) {
      CHECK(result.policy[i].first == valid[i]);
      CHECK(result.policy[i].second == Approx(evaluation.policy[i] / sum));
      highest = std::max(highest, result.policy[i].second);
      if (valid[i] == result.best_action) best = result.policy[i].second;
    }
    CHECK(best == highest);
    CHECK(result.root_value == Approx(options.gamma * evaluation.value));
  }
}

TEST_CASE("the human's actions in the tree follow the predicted distribution") {
  SearchOptions options;
  options.num_simulations = 4001;
  env::GameConfig config = TinyConfig();
  config.horizon = 1;  // Every child is an end: no draw but the root's.
  const env::Game game = TinyGame(options, config);
  ConstantEvaluator evaluator([](const Position& position, Evaluation& e) {
    e.human_policy = {{0, 0.5f}, {40, 0.3f}, {position.game->actions().num_actions() - 1, 0.2f}};
  });
  Search search;
  search.Start(options, &game, Start(game), 0, Rng(1));
  REQUIRE(Run(search, evaluator).ok());
  std::map<int, double> counts;
  for (const Node& node : search.nodes().subspan(1)) counts[node.human_action] += node.visits;
  REQUIRE(counts.size() == 3);
  double chi_square = 0;
  for (const auto& [id, p] :
       std::map<int, double>{{0, 0.5}, {40, 0.3}, {game.actions().num_actions() - 1, 0.2}}) {
    chi_square += std::pow(counts[id] - 4000 * p, 2) / (4000 * p);
  }
  CHECK(chi_square < 13.8);  // The 0.999 quantile with 2 degrees of freedom.
}

TEST_CASE("a search object that is used again searches as a new one") {
  Rng rng(6);
  HashEvaluator evaluator(3);
  Search used;
  for (int i = 0; i < 10; ++i) {
    const env::GameConfig config = env::RandomConfig(rng);
    SearchOptions options;
    options.num_simulations = rng.Between(1, 60);
    options.line_of_sight = false;
    const env::Game game = PlanningGame(env::Game(config, env::RandomGoal(config, rng)), options);
    const env::State state = game.Reset(rng);
    Search fresh;
    for (Search* search : {&used, &fresh}) {
      search->Start(options, &game, state, 0, Rng(i));
      if (i % 3 == 2 && search == &used) {  // Abandoned in the middle, then begun again.
        REQUIRE(search->NextLeaf() != nullptr);
        search->Start(options, &game, state, 0, Rng(i));
      }
      REQUIRE(Run(*search, evaluator).ok());
    }
    CHECK(Fingerprint(used) == Fingerprint(fresh));
    CHECK(used.result().policy == fresh.result().policy);
  }
}

TEST_CASE("a leaf is the position its path leads to") {
  SearchOptions options;
  options.num_simulations = 30;
  const env::Game game = TinyGame(options);
  const env::State start = Start(game);
  HashEvaluator evaluator(5);
  Search search;
  search.Start(options, &game, start, 1, Rng(1));
  Evaluation evaluation;
  while (const Position* leaf = search.NextLeaf()) {
    env::State state = start;
    for (const int32_t id : search.LeafPath()) {
      std::vector<int32_t> valid;
      env::ValidActions(game, state, 1, options.line_of_sight, valid);
      const Position position = {&game, &state, 1, valid};
      REQUIRE(evaluator.Evaluate({&position, 1}, {&evaluation, 1}).ok());
      const int32_t answer = evaluation.human_policy.front().id;
      game.Step(state, {game.actions().Unflatten(answer), game.actions().Unflatten(id)});
    }
    REQUIRE(*leaf->state == state);
    REQUIRE(leaf->player == 1);
    REQUIRE(evaluator.Evaluate({leaf, 1}, {&evaluation, 1}).ok());
    REQUIRE(search.Deliver(evaluation).ok());
  }
}

TEST_CASE("what another player has removed is not put back, if so asked") {
  SearchOptions options;
  options.respect_removals = true;
  const env::Game game = TinyGame(options);
  env::State state = Start(game);
  std::vector<int32_t> valid;
  env::ValidActions(game, state, 1, options.line_of_sight, valid);
  const auto place = std::find_if(valid.begin(), valid.end(), [&](int32_t id) {
    return game.actions().TypeOf(id) == env::ActionType::kPlace;
  });
  REQUIRE(place != valid.end());
  const env::Action action = game.actions().Unflatten(*place);
  const auto offered = [&] {
    HashEvaluator evaluator(1);
    Search search;
    search.Start(options, &game, state, 1, Rng(2));
    REQUIRE(Run(search, evaluator).ok());
    const TypeStats& places = search.root().types[static_cast<int>(env::ActionType::kPlace)];
    const std::vector<int32_t>& ids = search.tree().ids;
    return std::count(ids.begin() + places.begin, ids.begin() + places.end, *place) > 0;
  };
  CHECK(offered());
  const size_t volume = state.blocks.size();
  state.broken[1 * volume + action.location] = env::BlockSet{1} << action.block;  // Itself: may.
  CHECK(offered());
  state.broken[0 * volume + action.location] = env::BlockSet{1} << action.block;
  CHECK_FALSE(offered());
  options.respect_removals = false;
  CHECK(offered());
}

}  // namespace
}  // namespace hod::mcts
