// Searches and their trees in Python. A search is run to its end before Python sees it and never
// changes again, so that views of its tree stay valid.
#include "bindings/search.h"

#include <pybind11/stl.h>

#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "bindings/models.h"
#include "bindings/players.h"
#include "bindings/settings.h"
#include "mcts/run_search.h"
#include "mcts/search.h"

namespace hod::bindings {
namespace {

using mcts::kNone;
using mcts::Node;

struct BoundSearch {
  BoundSearch(const env::Game& game, const WorldState& state, const mcts::SearchOptions& options)
      : game(std::make_shared<env::Game>(mcts::PlanningGame(game, options))), start(state) {}

  GamePtr game;
  WorldState start;
  mcts::Search search;
  mcts::SearchResult result{};

  const mcts::Tree& tree() const { return search.tree(); }
};

// A node by number; keeps its search.
struct BoundNode {
  std::shared_ptr<BoundSearch> search;
  int32_t index;

  const Node& node() const { return search->tree().nodes[index]; }
};

// A row of Node.actions().
struct ActionRow {
  int32_t id;
  int32_t visits;
  float prior;
  double value;
};

std::shared_ptr<BoundSearch> RunSearch(const env::Game& game, const WorldState& state, int player,
                                       const py::object& evaluator, uint64_t seed,
                                       const std::optional<double>& time, int max_in_flight,
                                       bool use_goal_predictor,
                                       const std::optional<engine::RunConfig>& base,
                                       const py::kwargs& options) {
  CheckFits(game, state);
  CheckPlayer(game, player);
  for (const char* key : {"reuse_tree", "cached_positions"}) {
    if (options.contains(key)) {
      throw py::type_error(absl::StrCat(key, ": of no use for a single search"));
    }
  }
  if (max_in_flight < 1) {
    throw py::value_error(absl::StrCat("max_in_flight: ", max_in_flight, ", expected 1 or more"));
  }
  if (time && !(*time > 0)) throw py::value_error("time: expected seconds above 0");
  engine::RunConfig config = base.value_or(engine::RunConfig());
  ApplyOptions(options, "search.", config);
  mcts::SearchOptions search_options = config.search;
  search_options.max_in_flight = max_in_flight;
  search_options.use_goal_predictor = use_goal_predictor;

  auto bound = std::make_shared<BoundSearch>(game, state, search_options);
  const bool complete = bound->game->config().terminate_on_goal_completion &&
                        state.num_matches == game.size().Volume();
  if (state.timestep >= game.config().horizon || complete) {
    throw py::value_error("state: the game is over, there is nothing to search");
  }
  const BoundEvaluator evaluations = EvaluatorFrom(evaluator);
  mcts::SearchLimits limits;
  if (time) limits.time = absl::Seconds(*time);
  absl::Status status;
  {
    const py::gil_scoped_release release;
    bound->search.Start(search_options, bound->game.get(), state, player, Rng(seed));
    status = mcts::RunSearch(bound->search, *evaluations.evaluator, limits);
    if (status.ok()) bound->result = bound->search.result();
  }
  evaluations.errors->RethrowIfAny();
  ThrowIfError(status);
  return bound;
}

// One field of every node, a strided view of the tree.
template <typename Field>
py::array_t<Field> Column(const std::shared_ptr<BoundSearch>& search, Field Node::*field) {
  const std::vector<Node>& nodes = Required(search)->tree().nodes;
  return View(&(nodes.front().*field), {static_cast<py::ssize_t>(nodes.size())}, py::cast(search),
              {sizeof(Node)});
}

template <typename T>
py::array_t<T> PoolView(const BoundNode& node, const std::vector<T>& pool, int32_t begin,
                        int32_t end) {
  return View(pool.data() + begin, {end - begin}, py::cast(node.search));
}

py::object OwnAction(const BoundNode& node) {
  const mcts::Tree& tree = node.search->tree();
  if (node.node().edge == kNone) return py::none();
  return py::int_(tree.ids[tree.edges[node.node().edge].action]);
}

std::vector<BoundNode> Children(const BoundNode& node) {
  const mcts::Tree& tree = node.search->tree();
  std::vector<BoundNode> children;
  for (const mcts::TypeStats& type : node.node().types) {
    for (int32_t edge = type.first_edge; edge != kNone; edge = tree.edges[edge].next) {
      for (int32_t child = tree.edges[edge].first_child; child != kNone;
           child = tree.nodes[child].next_sibling) {
        children.push_back({node.search, child});
      }
    }
  }
  std::stable_sort(children.begin(), children.end(), [](const BoundNode& a, const BoundNode& b) {
    return a.node().visits > b.node().visits;
  });
  return children;
}

py::array Actions(const BoundNode& node) {
  std::vector<ActionRow> rows;
  for (const mcts::TypeStats& type : node.node().types) {
    for (int32_t a = type.begin; a < type.end; ++a) {
      const mcts::ActionView action = node.search->search.action(type, a);
      rows.push_back({action.id, action.visits, action.prior,
                      action.visits > 0 ? static_cast<double>(action.value_sum) / action.visits
                                        : std::numeric_limits<double>::quiet_NaN()});
    }
  }
  return Copy(rows);
}

// int32 [k] flat ids of the node's valid actions, a view: types are runs that follow each other.
py::array_t<int32_t> ActionIds(const BoundNode& node) {
  int32_t begin = std::numeric_limits<int32_t>::max(), end = 0;
  for (const mcts::TypeStats& type : node.node().types) {
    if (type.begin == type.end) continue;
    begin = std::min(begin, type.begin);
    end = std::max(end, type.end);
  }
  return PoolView(node, node.search->tree().ids, std::min(begin, end), end);
}

py::array_t<float> HumanProbabilities(const BoundNode& node) {
  const std::vector<float>& cumulative = node.search->tree().human_cumulative;
  const int32_t begin = node.node().humans_begin, end = node.node().humans_end;
  py::array_t<float> probabilities(end - begin);
  float before = 0;
  for (int32_t i = begin; i < end; ++i) {
    probabilities.mutable_at(i - begin) = (cumulative[i] - before) / cumulative[end - 1];
    before = cumulative[i];
  }
  return probabilities;
}

py::array_t<float> BeliefLogits(const BoundNode& node) {
  const int32_t begin = node.node().targets_begin, end = node.node().targets_end;
  const float* const first =
      reinterpret_cast<const float*>(node.search->tree().target_logits.data() + begin);
  return View(first, {end - begin, env::kNumBlocks}, py::cast(node.search));
}

WorldState StateAt(const BoundNode& node) {
  std::vector<int32_t> path;
  for (int32_t i = node.index; node.search->tree().nodes[i].parent != kNone;
       i = node.search->tree().nodes[i].parent) {
    path.push_back(i);
  }
  WorldState state = node.search->start;
  for (auto i = path.rbegin(); i != path.rend(); ++i) {
    node.search->game->Redo(state, node.search->tree().nodes[*i].change);
  }
  return state;
}

void BindNode(py::module_& m) {
  PYBIND11_NUMPY_DTYPE(ActionRow, id, visits, prior, value);
  py::class_<BoundNode>(
      m, "Node",
      R"(A node of a search tree: a position, reached by an action of the searching
player and one of the human. Arrays are views of the tree unless said otherwise.)")
      .def_readonly("index", &BoundNode::index, "Its number in the tree; 0 is the root.")
      .def_property_readonly("parent",
                             [](const BoundNode& n) -> py::object {
                               if (n.node().parent == kNone) return py::none();
                               return py::cast(BoundNode{n.search, n.node().parent});
                             })
      .def_property_readonly("children", &Children,
                             "The nodes reached from here, the most visited first.")
      .def_property_readonly("action", &OwnAction,
                             "Flat id of the searching player's action on the way here; None at "
                             "the root.")
      .def_property_readonly(
          "human_action",
          [](const BoundNode& n) -> py::object {
            if (n.node().parent == kNone) return py::none();
            return py::int_(n.node().human_action);
          },
          "The same of the human's.")
      .def_property_readonly("visits", [](const BoundNode& n) { return n.node().visits; })
      .def_property_readonly(
          "value", [](const BoundNode& n) { return n.node().value_sum / n.node().visits; },
          "Mean of the values backed up through here, in blocks.")
      .def_property_readonly(
          "network_value", [](const BoundNode& n) { return n.node().value; },
          "What the evaluator said.")
      .def_property_readonly(
          "reward", [](const BoundNode& n) { return n.node().reward; },
          "Expected reward of the step into this node.")
      .def_property_readonly(
          "own_reward", [](const BoundNode& n) { return n.node().own_reward; },
          "The searching player's part of it.")
      .def_property_readonly("expanded", [](const BoundNode& n) { return n.node().expanded; })
      .def_property_readonly("terminal", [](const BoundNode& n) { return n.node().terminal; })
      .def_property_readonly("action_ids", &ActionIds,
                             "int32 [k]: flat ids of the valid actions, ascending.")
      .def("actions", &Actions,
           "A structured array [k] of this node's valid actions, a copy: id, visits, prior, and "
           "value (mean; NaN without a visit).")
      .def_property_readonly(
          "human_ids",
          [](const BoundNode& n) {
            return PoolView(n, n.search->tree().human_ids, n.node().humans_begin,
                            n.node().humans_end);
          },
          "int32 [j]: flat ids of what the human may do next.")
      .def_property_readonly("human_probabilities", &HumanProbabilities, "float32 [j], a copy.")
      .def_property_readonly(
          "belief_locations",
          [](const BoundNode& n) {
            return PoolView(n, n.search->tree().target_locations, n.node().targets_begin,
                            n.node().targets_end);
          },
          "int32 [v]: flat indices of the voxels that a valid action changes.")
      .def_property_readonly("belief_logits", &BeliefLogits,
                             "float32 [v, 10]: what the node believes of these, unnormalised.")
      .def("state", &StateAt, "The position, replayed from the root.")
      .def(
          "__eq__",
          [](const BoundNode& a, const BoundNode& b) {
            return a.search == b.search && a.index == b.index;
          },
          py::is_operator())
      .def("__hash__", [](const BoundNode& n) { return n.index; })
      .def("__repr__", [](const BoundNode& n) {
        return absl::StrCat("<hod.Node ", n.index, ", ", n.node().visits, " visits>");
      });
}

}  // namespace

void BindSearch(py::module_& m) {
  BindNode(m);
  py::class_<BoundSearch, std::shared_ptr<BoundSearch>>(
      m, "Search", R"(A finished search; see `run_search`. Nodes are made when asked for.)")
      .def_property_readonly(
          "policy", [](const BoundSearch& s) { return ToPython(s.result.policy); },
          "(int32 [k] flat ids, float32 [k] probabilities), as `root_policy` "
          "and `temperature` say.")
      .def_property_readonly(
          "best_action", [](const BoundSearch& s) { return s.result.best_action; },
          "Flat id of the action to play.")
      .def_property_readonly(
          "root_value", [](const BoundSearch& s) { return s.result.root_value; },
          "Mean value of the root, in blocks.")
      .def_property_readonly("root",
                             [](const std::shared_ptr<BoundSearch>& s) {
                               return BoundNode{Required(s), 0};
                             })
      .def_readonly("game", &BoundSearch::game, "The game that the tree plays.")
      .def_property_readonly("num_simulations",
                             [](const BoundSearch& s) { return s.search.root().visits; })
      .def(
          "__len__", [](const BoundSearch& s) { return s.tree().nodes.size(); },
          "The number of nodes.")
      .def(
          "__getitem__",
          [](const std::shared_ptr<BoundSearch>& s, int64_t index) {
            if (index < 0 || index >= static_cast<int64_t>(Required(s)->tree().nodes.size())) {
              throw py::index_error(
                  absl::StrCat("node ", index, ", expected 0 to ", s->tree().nodes.size() - 1));
            }
            return BoundNode{s, static_cast<int32_t>(index)};
          },
          py::arg("index"))
      .def_property_readonly(
          "parents", [](const std::shared_ptr<BoundSearch>& s) { return Column(s, &Node::parent); },
          "int32 [nodes], a view: each node's parent, -1 for the root.")
      .def_property_readonly(
          "visits", [](const std::shared_ptr<BoundSearch>& s) { return Column(s, &Node::visits); },
          "int32 [nodes], a view.")
      .def_property_readonly(
          "value_sums",
          [](const std::shared_ptr<BoundSearch>& s) { return Column(s, &Node::value_sum); },
          "float64 [nodes], a view: mean values times visits.")
      .def_property_readonly(
          "rewards", [](const std::shared_ptr<BoundSearch>& s) { return Column(s, &Node::reward); },
          "float64 [nodes], a view: expected reward of the step into each.");
  m.def("run_search", &RunSearch, py::arg("game"), py::arg("state"), py::arg("player"),
        py::arg("evaluator"), py::kw_only(), py::arg("seed") = 0, py::arg("time") = py::none(),
        py::arg("max_in_flight") = 1, py::arg("use_goal_predictor") = true,
        py::arg("config") = py::none(),
        R"(Searches for `player`'s action in `state`, and returns the finished Search.

`evaluator` is a Network or a function of a list of Positions that returns as many Predictions.
Options are the settings "search.*" of docs/configuration.md as keyword arguments (num_simulations,
c_puct, selection, noise_weight, ...), over those of `config` or the defaults, which are the paper's
for training: noise_weight=0 for analysis. TypeError for unknown ones.

time: at most so many seconds, with as many simulations as fit.
max_in_flight: leaves of one batch.
use_goal_predictor: False for players that know the goal: the tree then sees true rewards.)");
}

}  // namespace hod::bindings
