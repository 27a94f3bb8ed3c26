// Shards of self-play in Python.
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>
#include <memory>

#include "bindings/data.h"
#include "bindings/game.h"
#include "bindings/players.h"
#include "bindings/settings.h"
#include "engine/samples/shard.h"

namespace hod::bindings {
namespace {

using engine::Fragment;
using engine::Shard;

// A fragment of a shard, which it keeps.
struct BoundFragment {
  std::shared_ptr<const Shard> shard;
  int index;

  const Fragment& fragment() const { return shard->fragments[index]; }
};

// A row of Fragment.steps.
struct StepRow {
  int32_t timestep, human_action, assistant_action;
  float reward, root_value;
  bool searched;
};

py::array Steps(const BoundFragment& f) {
  std::vector<StepRow> rows;
  int32_t timestep = f.fragment().start.timestep;
  for (const engine::Timestep& step : f.fragment().steps) {
    rows.push_back({timestep++, step.actions[f.fragment().human],
                    step.actions[f.fragment().assistant], step.reward, step.root_value,
                    !step.search_policy.empty()});
  }
  return Copy(rows);
}

const engine::Timestep& StepAt(const BoundFragment& f, int t) {
  const auto size = static_cast<int>(f.fragment().steps.size());
  if (t < 0 || t >= size) {
    throw py::index_error(absl::StrCat("step ", t, ", expected 0 to ", size - 1));
  }
  return f.fragment().steps[t];
}

void BindFragment(py::module_& m) {
  PYBIND11_NUMPY_DTYPE(StepRow, timestep, human_action, assistant_action, reward, root_value,
                       searched);
  py::class_<BoundFragment>(m, "Fragment", "A piece of an episode of self-play.")
      .def_property_readonly(
          "episode", [](const BoundFragment& f) { return f.fragment().episode; },
          "Names the episode among all of a run.")
      .def_property_readonly(
          "checkpoint_step", [](const BoundFragment& f) { return f.fragment().checkpoint_step; },
          "Training step of the network that played.")
      .def_property_readonly("global_timestep",
                             [](const BoundFragment& f) { return f.fragment().global_timestep; })
      .def_property_readonly(
          "ended", [](const BoundFragment& f) { return f.fragment().ended; },
          "Whether the episode ended with the last step.")
      .def_property_readonly(
          "bootstrap_value", [](const BoundFragment& f) { return f.fragment().bootstrap_value; },
          "Value of the position after the last step; 0 if ended.")
      .def("__len__", [](const BoundFragment& f) { return f.fragment().steps.size(); })
      .def_property_readonly(
          "game",
          [](const BoundFragment& f) {
            return std::make_shared<env::Game>(engine::GameOf(f.shard->config, f.fragment()));
          })
      .def_property_readonly(
          "goal",
          [](const py::object& self) {
            const auto& f = self.cast<const BoundFragment&>();
            return View(f.fragment().goal.data(), ShapeOf(f.shard->config.size), self);
          },
          "uint8 [w, h, d], a view.")
      .def_property_readonly("steps", &Steps,
                             "A structured array: timestep, human_action and assistant_action "
                             "(flat ids), reward (the assistant's, in blocks), root_value, "
                             "searched (in full).")
      .def(
          "search_policy",
          [](const BoundFragment& f, int t) { return ToPython(StepAt(f, t).search_policy); },
          py::arg("t"), "(int32 [k] flat ids, float32 [k] probabilities), empty if not searched.")
      .def(
          "human_policy",
          [](const BoundFragment& f, int t) { return ToPython(StepAt(f, t).human_policy); },
          py::arg("t"), "The same of the human's next action, as the human model had it.")
      .def(
          "state",
          [](const BoundFragment& f, int t) {
            const auto size = static_cast<int>(f.fragment().steps.size());
            if (t < 0 || t > size) {
              throw py::index_error(absl::StrCat("step ", t, ", expected 0 to ", size));
            }
            const env::Game game = engine::GameOf(f.shard->config, f.fragment());
            return WorldState(game.size(), engine::StateAt(game, f.fragment(), t));
          },
          py::arg("t"), "The state before step `t`, replayed; len(self) is after the last.");
}

}  // namespace

void BindShards(py::module_& m) {
  BindFragment(m);
  py::class_<Shard, std::shared_ptr<Shard>>(
      m, "Shard", "A file of fragments; a sequence of them (engine/samples/shard.h).")
      .def(py::init([](const std::filesystem::path& path) {
             absl::StatusOr<Shard> shard;
             {
               const py::gil_scoped_release release;
               shard = engine::ReadShard(path.string());
             }
             return std::make_shared<Shard>(ValueOrThrow(std::move(shard)));
           }),
           py::arg("path"))
      .def_property_readonly("metadata", [](const Shard& s) { return ToPython(s.metadata); })
      .def_property_readonly("num_timesteps", &Shard::num_timesteps)
      .def("__len__", [](const Shard& s) { return s.fragments.size(); })
      .def(
          "__getitem__",
          [](const std::shared_ptr<Shard>& s, int64_t index) {
            if (index < 0 || index >= static_cast<int64_t>(Required(s)->fragments.size())) {
              throw py::index_error(absl::StrCat("fragment ", index, " of ", s->fragments.size()));
            }
            return BoundFragment{s, static_cast<int>(index)};
          },
          py::arg("index"));
}

}  // namespace hod::bindings
