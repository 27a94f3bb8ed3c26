// A search that goes on from the subtree of the moves that were played.
#include <algorithm>
#include <limits>

#include "mcts/search.h"
#include "tests/support/catch.h"
#include "tests/support/env/random_game.h"
#include "tests/support/mcts/evaluators.h"
#include "tests/support/mcts/small_searches.h"

namespace hod::mcts {
namespace {

// Every number of what lies below a node, its actions included, in an order that does not depend on
// where things lie in memory.
void AppendBelow(const Search& search, const Node& node, std::vector<double>& out) {
  for (const TypeStats& type : node.types) {
    out.insert(out.end(), {double(type.visits), double(type.in_flight), type.value_sum});
    for (int32_t a = type.begin; a < type.end; ++a) {
      const ActionView view = search.action(type, a);
      out.insert(out.end(), {double(view.id), view.prior, double(view.visits), view.value_sum});
      for (int32_t c = view.first_child; c != kNone; c = search.nodes()[c].next_sibling) {
        const Node& child = search.nodes()[c];
        CHECK(&search.nodes()[child.parent] == &node);
        CHECK(search.tree().edges[child.edge].action == a);
        out.insert(out.end(), {double(child.human_action), double(child.expanded),
                               double(child.terminal), child.reward, child.own_reward,
                               double(child.visits), child.value, child.value_sum, child.min_value,
                               child.max_value, child.reward_sum, child.own_reward_sum});
        AppendBelow(search, child, out);
      }
    }
  }
  const Tree& tree = search.tree();
  for (int32_t h = node.humans_begin; h < node.humans_end; ++h) {
    out.insert(out.end(), {double(tree.human_ids[h]), tree.human_cumulative[h]});
  }
  for (int32_t t = node.targets_begin; t < node.targets_end; ++t) {
    out.push_back(tree.target_locations[t]);
    out.insert(out.end(), tree.target_logits[t].begin(), tree.target_logits[t].end());
  }
}

std::vector<double> Below(const Search& search, const Node& node) {
  std::vector<double> numbers;
  AppendBelow(search, node, numbers);
  return numbers;
}

// What simulations through a node brought from it on, without the reward of the step into it.
struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void Add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

// What the values of the tree's leaves and its rewards give. Requires rewards that are the same
// for all simulations.
Range ReturnsFrom(const Search& search, const Node& node) {
  const double gamma = search.options().gamma;
  Range range;
  range.Add(gamma * (node.terminal ? 0 : node.value));
  for (const Node& child : search.nodes()) {
    if (child.parent == kNone || &search.nodes()[child.parent] != &node) continue;
    const Range below = ReturnsFrom(search, child);
    range.Add(gamma * (below.low + child.reward));
    range.Add(gamma * (below.high + child.reward));
  }
  return range;
}

// What the node's minimum and maximum are over: those and its children's, with their rewards.
Range SeenAt(const Search& search, const Node& node) {
  Range range = ReturnsFrom(search, node);
  for (const Node& child : search.nodes()) {
    if (child.parent == kNone || &search.nodes()[child.parent] != &node) continue;
    const Range below = ReturnsFrom(search, child);
    range.Add(below.low + child.reward);
    range.Add(below.high + child.reward);
  }
  return range;
}

// The most visited child of the root; kNone if none was expanded.
int32_t MostVisitedChild(const Search& search) {
  int32_t best = kNone;
  for (size_t i = 1; i < search.nodes().size(); ++i) {
    const Node& node = search.nodes()[i];
    if (node.parent != 0 || !node.expanded) continue;
    if (best == kNone || node.visits > search.nodes()[best].visits) best = static_cast<int32_t>(i);
  }
  return best;
}

// Plays the actions that lead to a child of the root.
env::State Played(const Search& search, const Node& child, const env::Game& game, int player,
                  env::State state) {
  const Tree& tree = search.tree();
  std::vector<env::Action> actions(game.num_players(),
                                   game.actions().Unflatten(child.human_action));
  actions[player] = game.actions().Unflatten(tree.ids[tree.edges[child.edge].action]);
  game.Step(state, actions);
  return state;
}

// Delivers the evaluation of the root alone.
void EvaluateRoot(Search& search, Evaluator& evaluator) {
  const Position* root = search.NextLeaf();
  REQUIRE(root != nullptr);
  Evaluation evaluation;
  REQUIRE(evaluator.Evaluate({root, 1}, {&evaluation, 1}).ok());
  REQUIRE(search.Deliver(evaluation).ok());
}

SearchOptions RandomOptions(const env::GameConfig& config, Rng& rng) {
  SearchOptions options;
  options.num_simulations = rng.Between(30, 90);
  options.noise_weight = 0;
  options.selection = static_cast<Selection>(rng.Below(3));
  options.goal_posterior = static_cast<GoalPosterior>(rng.Below(4));
  options.use_goal_predictor = rng.Chance(0.8);
  options.line_of_sight = !config.abilities.teleportation;
  options.explore_noops = rng.Chance(0.5);
  options.respect_removals = rng.Chance(0.5);
  options.max_in_flight = rng.Chance(0.5) ? 1 : 4;
  return options;
}

TEST_CASE("a search goes on with exactly the subtree of the state that was reached") {
  Rng rng(5);
  int advanced = 0;
  for (int i = 0; i < 30; ++i) {
    INFO("game " << i);
    const env::GameConfig config = env::RandomConfig(rng);
    SearchOptions options = RandomOptions(config, rng);
    const env::Game game(config, env::RandomGoal(config, rng));
    const env::Game planning = PlanningGame(game, options);
    HashEvaluator evaluator(i, {.spread_human = true});
    env::State state = game.Reset(rng);
    Search search;
    search.Start(options, &planning, state, 0, Rng(i));
    REQUIRE(Run(search, evaluator, options.max_in_flight).ok());
    for (int move = 0; move < 4; ++move) {
      const int32_t index = MostVisitedChild(search);
      if (index == kNone) break;
      const Node child = search.nodes()[index];
      const std::vector<double> below = Below(search, search.nodes()[index]);
      const Range seen = SeenAt(search, search.nodes()[index]);
      state = Played(search, child, game, 0, state);

      CHECK(search.Advance(options, state, Rng(i + move)) == child.visits - 1);
      CHECK(search.root().visits == 0);
      EvaluateRoot(search, evaluator);
      const Node& root = search.root();
      CHECK((Below(search, root) == below));
      CHECK(root.visits == child.visits);
      CHECK(root.value == child.value);
      CHECK(root.value_sum == Approx(child.value_sum - child.reward_sum).margin(1e-9));
      if (options.goal_posterior != GoalPosterior::kLeaf) {
        CHECK(root.min_value == Approx(seen.low).margin(1e-9));
        CHECK(root.max_value == Approx(seen.high).margin(1e-9));
      }
      REQUIRE(Run(search, evaluator, options.max_in_flight).ok());
      CHECK(search.root().visits == std::max(options.num_simulations, child.visits));
      double sum = 0;
      for (const auto& [id, probability] : search.result().policy) sum += probability;
      CHECK(sum == Approx(1));
      advanced += child.visits > 1;
    }
  }
  CHECK(advanced > 60);
}

// A finished search in a small world, and the state that its most visited child stands for.
struct Finished {
  explicit Finished(const SearchOptions& options) : game(TinyGame(options)), start(Start(game)) {
    search.Start(options, &game, start, 0, Rng(1));
    REQUIRE(Run(search, evaluator).ok());
    child = search.nodes()[MostVisitedChild(search)];
    reached = Played(search, child, game, 0, start);
    REQUIRE(child.visits > 3);
  }

  env::Game game;
  env::State start;
  HashEvaluator evaluator{7};
  Search search;
  Node child;
  env::State reached;
};

TEST_CASE("simulations that are kept need not be made, but for the evaluation of the root") {
  SearchOptions options;
  options.num_simulations = 60;
  Finished f(options);
  const auto evaluations_for = [&](int num_simulations) {
    Search search = f.search;
    options.num_simulations = num_simulations;
    search.Advance(options, f.reached, Rng(2));
    int evaluations = 0;
    Evaluation evaluation;
    while (const Position* leaf = search.NextLeaf()) {
      REQUIRE(f.evaluator.Evaluate({leaf, 1}, {&evaluation, 1}).ok());
      REQUIRE(search.Deliver(evaluation).ok());
      ++evaluations;
    }
    CHECK(search.done());
    CHECK(search.root().visits == std::max(num_simulations, f.child.visits));
    return evaluations;
  };
  const int kept = f.child.visits - 1;
  CHECK(evaluations_for(60) == 60 - kept);
  CHECK(evaluations_for(kept + 2) == 2);
  CHECK(evaluations_for(kept + 1) == 1);
  CHECK(evaluations_for(1) == 1);
}

TEST_CASE("nothing is kept where the human did what the tree does not know") {
  SearchOptions options;
  options.num_simulations = 60;
  Finished f(options);
  // The human stands elsewhere, or it is later.
  env::State moved = f.reached, later = f.reached;
  moved.players[1].feet.y += 1;
  later.timestep += 1;
  for (const env::State& other : {moved, later}) {
    Search search = f.search, fresh;
    CHECK(search.Advance(options, other, Rng(2)) == 0);
    REQUIRE(Run(search, f.evaluator).ok());
    fresh.Start(options, &f.game, other, 0, Rng(2));
    REQUIRE(Run(fresh, f.evaluator).ok());
    CHECK(Fingerprint(search) == Fingerprint(fresh));
  }
}

TEST_CASE("noise is drawn anew at the root, and nowhere else") {
  SearchOptions options;
  options.num_simulations = 60;
  options.noise_weight = 0.25;
  Finished f(options);
  SearchOptions quiet = options;
  quiet.noise_weight = 0;
  Search noisy = f.search;
  noisy.Advance(options, f.reached, Rng(2));
  EvaluateRoot(noisy, f.evaluator);
  f.search.Advance(quiet, f.reached, Rng(2));
  EvaluateRoot(f.search, f.evaluator);
  REQUIRE(noisy.nodes().size() == f.search.nodes().size());
  double sum = 0, difference = 0;
  for (size_t t = 0; t < noisy.root().types.size(); ++t) {
    const TypeStats& type = noisy.root().types[t];
    for (int32_t a = type.begin; a < type.end; ++a) {
      const float prior = noisy.action(type, a).prior;
      sum += prior;
      difference += std::abs(prior - f.search.action(f.search.root().types[t], a).prior);
    }
  }
  CHECK(sum == Approx(1));
  CHECK(difference > 0.01);
  for (size_t i = 1; i < noisy.nodes().size(); ++i) {
    if (noisy.nodes()[i].parent != 0) continue;
    CHECK((Below(noisy, noisy.nodes()[i]) == Below(f.search, f.search.nodes()[i])));
  }
}

}  // namespace
}  // namespace hod::mcts
