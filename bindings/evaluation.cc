#include "bindings/evaluation.h"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>

#include "bindings/houses.h"
#include "bindings/models.h"
#include "bindings/players.h"
#include "bindings/settings.h"
#include "engine/evaluation/evaluate.h"
#include "engine/results/bootstrap.h"
#include "engine/samples/mirrored_beliefs.h"
#include "engine/training/run_directory.h"

namespace hod::bindings {
namespace {

// How reports call a player.
std::string LabelOf(const py::object& object) {
  if (const auto name = NameFrom(object)) return *name;
  if (py::hasattr(object, "__name__")) return object.attr("__name__").cast<std::string>();
  return py::str(py::type::of(object).attr("__name__"));
}

py::object Evaluate(const engine::RunConfig& config, const py::object& assistant,
                    bool carries_out_belief, const py::object& policy, const py::object& human,
                    const py::object& goals, const std::string& record_directory,
                    const std::string& label) {
  if (config.cached_positions > 0) {
    throw py::value_error("search.cached_positions: expected 0 here; `hod evaluate` has a cache");
  }
  const engine::EvaluationSetup setup{.config = config,
                                      .assistant = {.spec = label},
                                      .human = LabelOf(human),
                                      .record_directory = record_directory};
  const Goals bound_goals =
      GoalsFrom(goals.is_none() ? py::object(py::str(config.evaluation.goals)) : goals, config.game,
                static_cast<uint64_t>(config.evaluation.seed));
  const Players humans = PlayersFrom(human);
  std::vector<std::shared_ptr<PythonErrors>> errors = {bound_goals.errors, humans.errors};
  engine::EvaluationPlayers players{bound_goals.source, humans.factory, std::nullopt, nullptr};
  BoundEvaluator evaluator;
  std::optional<engine::MirroredBeliefs> mirrored;
  if (!policy.is_none()) {
    const Players acting = PlayersFrom(policy);
    players.assistant = acting.factory;
    errors.push_back(acting.errors);
  } else if (!assistant.is_none()) {
    evaluator = EvaluatorFrom(assistant);
    players.evaluator = evaluator.evaluator.get();
    if (carries_out_belief) {
      players.assistant = engine::BeliefPlay{{config.evaluation.threshold}};
      if (config.evaluation.mirror_images) {
        players.evaluator = &mirrored.emplace(players.evaluator, config.game);
      }
    } else {
      players.assistant = engine::EvaluationSearches(config, config.evaluation.simulations);
    }
    errors.push_back(evaluator.errors);
  }
  absl::StatusOr<engine::EvaluationReport> report;
  {
    const py::gil_scoped_release release;
    report = engine::Evaluate(setup, players);
  }
  for (const auto& kept : errors) kept->RethrowIfAny();
  return ToPython(engine::ToJson(ValueOrThrow(std::move(report))));
}

}  // namespace

void BindEvaluation(py::module_& m) {
  m.def("evaluate", &Evaluate, py::arg("config"), py::arg("assistant"),
        py::arg("carries_out_belief"), py::arg("policy"), py::arg("human"), py::arg("goals"),
        py::arg("record_directory"), py::arg("label"), "See hod.evaluate.");
  m.def(
      "bootstrap_mean",
      [](const std::vector<double>& values, uint64_t seed) {
        if (values.empty()) throw py::value_error("values: none, expected one or more");
        const engine::Estimate e = engine::BootstrapMean(values, seed);
        return py::make_tuple(e.mean, e.low, e.high);
      },
      py::arg("values"), py::arg("seed") = 0,
      "(mean, low, high): the mean and its 95% percentile interval.");
  m.def(
      "open_run",
      [](const std::filesystem::path& path) {
        const engine::RunDirectory run = ValueOrThrow(engine::RunDirectory::Open(path.string()));
        return py::make_tuple(run.config(), ValueOrThrow(run.Checkpoints()));
      },
      py::arg("path"), "(Config, [(training step, path of a checkpoint), ...]); see hod.Run.");
}

}  // namespace hod::bindings
