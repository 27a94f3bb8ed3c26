#include "bindings/game.h"

#include <pybind11/stl.h>

#include <algorithm>

#include "bindings/pickles.h"
#include "bindings/settings.h"
#include "env/draw/moment.h"
#include "env/game/action_mask.h"
#include "env/game/observation.h"
#include "env/traces/config_json.h"

namespace hod::bindings {

using env::Action;
using env::ActionType;
using env::Game;
using env::State;
using env::StepOutcome;

namespace {

constexpr const char* kTypeNames[env::kNumActionTypes] = {
    "noop",       "place",      "break",      "move_pos_x", "move_neg_x",
    "move_pos_y", "move_neg_y", "move_pos_z", "move_neg_z", "give"};

// A player's view [P] over one field of all players, which lie in a row.
template <typename Field>
py::array_t<Field> PlayersView(py::handle self, const Field* first, const Shape& rest) {
  const auto& state = self.cast<const WorldState&>();
  Shape shape = {static_cast<py::ssize_t>(state.players.size())};
  Shape strides = {sizeof(env::PlayerState)};
  for (const py::ssize_t extent : rest) {
    shape.push_back(extent);
    strides.push_back(sizeof(Field));  // At most one more axis.
  }
  return View(first, shape, self, strides);
}

py::array_t<int32_t> Inventories(const State& state) {
  py::array_t<int32_t> counts(
      Shape{static_cast<py::ssize_t>(state.players.size()), env::kNumBlocks});
  int32_t* out = counts.mutable_data();
  for (const env::PlayerState& player : state.players) {
    for (const int count : player.inventory.CountAll()) *out++ = count;
  }
  return counts;
}

template <typename T>
Shape PerPlayer(const env::WorldSize& size, const std::vector<T>& values) {
  return {static_cast<py::ssize_t>(values.size()) / size.Volume(), size.w, size.h, size.d};
}

int LocationFrom(const Game& game, const py::object& location) {
  if (!py::isinstance<py::sequence>(location)) {
    const int index = location.cast<int>();
    if (index < 0 || index >= game.size().Volume()) {
      throw py::value_error(
          absl::StrCat("location: ", index, ", expected 0 to ", game.size().Volume() - 1));
    }
    return index;
  }
  const auto [x, y, z] = location.cast<std::tuple<int, int, int>>();
  const env::Cell cell{x, y, z};
  if (!game.size().Contains(cell)) {
    throw py::value_error(
        absl::StrCat("location: (", x, ", ", y, ", ", z, ") is outside the world"));
  }
  return game.size().Index(cell);
}

int64_t Flatten(const Game& game, const std::string& type, const py::object& location, int block) {
  Action action;
  const auto* const name = std::find(std::begin(kTypeNames), std::end(kTypeNames), type);
  if (name == std::end(kTypeNames)) {
    throw py::value_error(
        absl::StrCat("type: ", type, ", expected one of ", absl::StrJoin(kTypeNames, ", ")));
  }
  action.type = static_cast<ActionType>(name - std::begin(kTypeNames));
  if (!game.actions().Has(action.type)) {
    throw py::value_error(absl::StrCat("type: this game knows no ", type));
  }
  if (block < 0 || block >= env::kNumBlocks) {
    throw py::value_error(absl::StrCat("block: ", block, ", expected 0 to ", env::kNumBlocks - 1));
  }
  action.location = LocationFrom(game, location);
  action.block = static_cast<env::Block>(block);
  if (!HasLocation(action.type) && action.location != 0) {
    throw py::value_error(absl::StrCat("location: of no use for ", type, ", expected 0"));
  }
  if (!HasBlock(action.type) && block != 0) {
    throw py::value_error(absl::StrCat("block: of no use for ", type, ", expected 0"));
  }
  return game.actions().Flatten(action);
}

WorldState Begin(const Game& game, const py::array& blocks, const py::array& feet, int timestep) {
  State state;
  state.blocks = BlocksFrom(blocks, ShapeOf(game.size()), "blocks");
  const int players = game.num_players();
  const std::vector<int32_t> cells = Indices(feet, {players, 3}, env::kMaxWorldExtent, "feet");
  for (int p = 0; p < players; ++p) {
    const env::Cell cell = {cells[3 * p], cells[3 * p + 1], cells[3 * p + 2]};
    if (!game.size().Contains(cell)) {
      throw py::value_error(absl::StrCat("feet[", p, "] is outside the world"));
    }
    state.players.emplace_back().feet = cell;
  }
  if (timestep < 0) throw py::value_error(absl::StrCat("timestep: ", timestep, " is negative"));
  state.timestep = timestep;
  return {game.size(), game.Begin(std::move(state))};
}

py::array_t<double> Rewards(const StepOutcome& outcome) {
  std::vector<double> rewards;
  for (const env::PlayerOutcome& p : outcome.players) rewards.push_back(p.reward);
  return Copy(rewards);
}

void BindState(py::module_& m) {
  py::class_<WorldState, std::shared_ptr<WorldState>>(m, "State",
                                                      R"(Everything that changes during an episode.

Arrays are read-only views of the engine's memory: they show what `Game.step` makes of the state,
and keep it alive. `copy()` is independent.)")
      .def_property_readonly(
          "blocks",
          [](const py::object& self) {
            const auto& s = self.cast<const WorldState&>();
            return View(s.blocks.data(), ShapeOf(s.size), self);
          },
          "uint8 [w, h, d]: block ids, indices of BLOCK_NAMES.")
      .def_property_readonly(
          "last_interacted",
          [](const py::object& self) {
            const auto& s = self.cast<const WorldState&>();
            return View(s.last_interacted.data(), ShapeOf(s.size), self);
          },
          "int8 [w, h, d]: the player who last placed or broke here, or -1.")
      .def_property_readonly(
          "interacted_at",
          [](const py::object& self) {
            const auto& s = self.cast<const WorldState&>();
            return View(s.interacted_at.data(), ShapeOf(s.size), self);
          },
          "int32 [w, h, d]: the timestep of that, or -1.")
      .def_property_readonly(
          "broken",
          [](const py::object& self) {
            const auto& s = self.cast<const WorldState&>();
            return View(s.broken.data(), PerPlayer(s.size, s.broken), self);
          },
          "uint16 [players, w, h, d]: bit b is set where the player has ever broken block b.")
      .def_property_readonly(
          "feet",
          [](const py::object& self) {
            return PlayersView(self, &self.cast<const WorldState&>().players.front().feet.x, {3});
          },
          "int32 [players, 3]: the voxel (x, y, z) of each player's feet.")
      .def_property_readonly(
          "inventories", [](const WorldState& s) { return Inventories(s); },
          "int32 [players, 10], a copy: blocks that each player carries.")
      .def_property_readonly("timestep", [](const WorldState& s) { return s.timestep; })
      .def_property_readonly(
          "num_matches", [](const WorldState& s) { return s.num_matches; },
          "Voxels equal to the goal.")
      .def("copy", [](const WorldState& s) { return WorldState(s); })
      .def("__copy__", [](const WorldState& s) { return WorldState(s); })
      .def("__deepcopy__", [](const WorldState& s, const py::dict&) { return WorldState(s); })
      .def(
          "__eq__",
          [](const WorldState& a, const WorldState& b) {
            return static_cast<const State&>(a) == static_cast<const State&>(b);
          },
          py::is_operator())
      .def(py::pickle([](const WorldState& s) { return ToPickle(s); }, &StateFromPickle))
      .def("__repr__", [](const WorldState& s) {
        return absl::StrCat("<hod.State at timestep ", s.timestep, ">");
      });
}

void BindOutcome(py::module_& m) {
  py::class_<StepOutcome>(m, "StepOutcome", "What a step came to.")
      .def_property_readonly("rewards", &Rewards,
                             "float64 [players]: own and total, mixed by own_reward_prop.")
      .def_property_readonly(
          "had_effect",
          [](const StepOutcome& outcome) {
            py::array_t<bool> had(static_cast<py::ssize_t>(outcome.players.size()));
            for (size_t p = 0; p < outcome.players.size(); ++p) {
              had.mutable_at(p) = outcome.players[p].effective_action.type != ActionType::kNoop;
            }
            return had;
          },
          "bool [players]: whether the action changed anything.")
      .def_property_readonly(
          "correct",
          [](const StepOutcome& outcome) {
            py::array_t<bool> correct(static_cast<py::ssize_t>(outcome.players.size()));
            for (size_t p = 0; p < outcome.players.size(); ++p) {
              correct.mutable_at(p) = outcome.players[p].correct;
            }
            return correct;
          },
          "bool [players]: it did, and did not lower the similarity to the goal.")
      .def_readonly("goal_similarity", &StepOutcome::goal_similarity, "Voxels equal to the goal.")
      .def_readonly("goal_completed", &StepOutcome::goal_completed)
      .def_readonly("horizon_reached", &StepOutcome::horizon_reached)
      .def_readonly("no_progress", &StepOutcome::no_progress)
      .def_property_readonly("done", &StepOutcome::done);
}

}  // namespace

void CheckFits(const Game& game, const State& state) {
  if (state.blocks.size() != game.goal().size() ||
      static_cast<int>(state.players.size()) != game.num_players()) {
    throw py::value_error(absl::StrCat("state: ", state.blocks.size(), " voxels and ",
                                       state.players.size(), " players, but the game has ",
                                       game.goal().size(), " and ", game.num_players()));
  }
}

void CheckPlayer(const Game& game, int player) {
  if (player >= 0 && player < game.num_players()) return;
  throw py::value_error(
      absl::StrCat("player: ", player, ", expected 0 to ", game.num_players() - 1));
}

void CheckAction(const Game& game, int64_t id) {
  if (id >= 0 && id < game.actions().num_actions()) return;
  throw py::value_error(
      absl::StrCat("action: ", id, ", expected 0 to ", game.actions().num_actions() - 1));
}

std::vector<env::Block> BlocksFrom(const py::array& array, const Shape& shape,
                                   const std::string& name) {
  const py::array blocks = Exact<uint8_t>(array, shape, name);
  const absl::Span<const uint8_t> ids = Elements<uint8_t>(blocks);
  for (const uint8_t id : ids) {
    if (id < env::kNumBlocks) continue;
    throw py::value_error(
        absl::StrCat(name, ": block ", id, ", expected 0 to ", env::kNumBlocks - 1));
  }
  return {ids.begin(), ids.end()};
}

std::vector<Action> JointAction(const Game& game, const std::vector<int64_t>& ids) {
  if (static_cast<int>(ids.size()) != game.num_players()) {
    throw py::value_error(absl::StrCat("actions: ", ids.size(), ", expected one for each of ",
                                       game.num_players(), " players"));
  }
  std::vector<Action> actions;
  for (const int64_t id : ids) {
    CheckAction(game, id);
    actions.push_back(game.actions().Unflatten(static_cast<int>(id)));
  }
  return actions;
}

void BindGame(py::module_& m) {
  BindState(m);
  BindOutcome(m);
  m.attr("BLOCK_NAMES") = py::cast(env::kBlockNames);
  m.attr("ACTION_TYPES") =
      py::cast(std::vector<std::string>(std::begin(kTypeNames), std::end(kTypeNames)));

  py::class_<Game, GamePtr>(m, "Game",
                            R"(The rules of the game for one goal (docs/rules.md).

Actions are flat ids, from 0 to `num_actions` - 1. Players are numbered: 0 is the human and 1 the
assistant in games made here.)")
      .def(py::init([](const engine::RunConfig& config, const py::array& goal,
                       int64_t global_timestep) {
             return std::make_shared<Game>(
                 config.game, BlocksFrom(goal, ShapeOf(config.game.size), "goal"), global_timestep);
           }),
           py::arg("config"), py::arg("goal"), py::arg("global_timestep") = 0,
           "`goal` is uint8 [w, h, d]; `global_timestep` fixes the reward schedules.")
      .def(py::pickle([](const Game& g) { return ToPickle(g); }, &GameFromPickle))
      .def_property_readonly(
          "goal",
          [](const py::object& self) {
            const auto& game = self.cast<const Game&>();
            return View(game.goal().data(), ShapeOf(game.size()), self);
          },
          "uint8 [w, h, d], a view.")
      .def_property_readonly(
          "size", [](const Game& g) { return py::make_tuple(g.size().w, g.size().h, g.size().d); },
          "(w, h, d) in voxels; h is up.")
      .def_property_readonly("num_players", &Game::num_players)
      .def_property_readonly("num_actions", [](const Game& g) { return g.actions().num_actions(); })
      .def_property_readonly(
          "settings", [](const Game& g) { return ToPython(env::ToJson(g.config())); },
          "The settings of the game, in the keys of recorded traces.")
      .def("action", &Flatten, py::arg("type"), py::arg("location") = 0, py::arg("block") = 0,
           "The flat id of an action: `type` of ACTION_TYPES, `location` (x, y, z) or its flat "
           "index, `block` an index of BLOCK_NAMES.")
      .def(
          "describe",
          [](const Game& g, int64_t id) {
            CheckAction(g, id);
            return env::DescribeAction(g.size(), g.actions().Unflatten(static_cast<int>(id)));
          },
          py::arg("action"), "In words: \"places planks at 3,2,4\".")
      .def(
          "unflatten",
          [](const Game& g, int64_t id) {
            CheckAction(g, id);
            const Action a = g.actions().Unflatten(static_cast<int>(id));
            const env::Cell c = g.size().At(a.location);
            return py::make_tuple(kTypeNames[static_cast<int>(a.type)],
                                  py::make_tuple(c.x, c.y, c.z), a.block);
          },
          py::arg("action"), "(type, (x, y, z), block) of a flat id; 0 where of no use.")
      .def(
          "reset",
          [](const Game& g, uint64_t seed) {
            Rng rng(seed);
            return WorldState(g.size(), g.Reset(rng));
          },
          py::arg("seed") = 0, "The start of an episode: an empty world.")
      .def("begin", &Begin, py::arg("blocks"), py::arg("feet"), py::arg("timestep") = 0,
           "An episode that starts from a world: `blocks` is uint8 [w, h, d], `feet` integers "
           "[players, 3].")
      .def(
          "step",
          [](const Game& g, WorldState& state, const std::vector<int64_t>& actions) {
            CheckFits(g, state);
            return g.Step(state, JointAction(g, actions));
          },
          py::arg("state"), py::arg("actions"),
          "Plays one action per player, in place. One that breaks the rules has no effect.")
      .def(
          "valid_actions",
          [](const Game& g, const WorldState& state, int player, bool line_of_sight) {
            CheckFits(g, state);
            CheckPlayer(g, player);
            std::vector<int32_t> ids;
            env::ValidActions(g, state, player, line_of_sight, ids);
            return Copy(ids);
          },
          py::arg("state"), py::arg("player"), py::arg("line_of_sight") = true,
          "int32 [k]: flat ids of what the player may do, ascending.")
      .def(
          "action_mask",
          [](const Game& g, const WorldState& state, int player, bool line_of_sight) {
            CheckFits(g, state);
            CheckPlayer(g, player);
            return Copy(env::ActionMask(g, state, player, line_of_sight));
          },
          py::arg("state"), py::arg("player"), py::arg("line_of_sight") = true,
          "The same as uint8 [num_actions], 0 or 1.")
      .def(
          "observe",
          [](const Game& g, const WorldState& state, int player) {
            CheckFits(g, state);
            CheckPlayer(g, player);
            py::array_t<uint8_t> out(
                Shape{env::kNumObservationChannels, g.size().w, g.size().h, g.size().d});
            env::WorldObservation(g, state, player,
                                  {out.mutable_data(), static_cast<size_t>(out.size())});
            return out;
          },
          py::arg("state"), py::arg("player"),
          "uint8 [6, w, h, d]: what the player sees (docs/rules.md, Section 2).")
      .def(
          "goal_percentage",
          [](const Game& g, const WorldState& state, int player) {
            CheckFits(g, state);
            CheckPlayer(g, player);
            return g.GoalPercentage(state, player);
          },
          py::arg("state"), py::arg("player") = 0,
          "Share of the goal that stands: 1 when it is complete, negative if worse than at the "
          "start.");
}

}  // namespace hod::bindings
