#include "bindings/players.h"

#include <algorithm>
#include <cmath>

#include "env/base/status.h"

namespace hod::bindings {
namespace {

using env::ActionDistribution;
using env::Game;
using env::State;

void Normalise(ActionDistribution& distribution) {
  double sum = 0;
  for (const auto& [id, probability] : distribution) {
    if (!(probability >= 0) || !std::isfinite(probability)) {
      throw py::value_error(absl::StrCat("player: probability ", probability, " of action ", id,
                                         ", expected a finite one of at least 0"));
    }
    sum += probability;
  }
  if (!(sum > 0)) throw py::value_error("player: no action has a probability above 0");
  distribution.erase(std::remove_if(distribution.begin(), distribution.end(),
                                    [](const auto& entry) { return entry.second == 0; }),
                     distribution.end());
  for (auto& [id, probability] : distribution) probability = static_cast<float>(probability / sum);
}

// A policy in Python. It sees copies, which it may keep.
class PythonPlayer final : public env::Player {
 public:
  PythonPlayer(const Game& game, std::shared_ptr<PythonErrors> errors)
      : game_(game), errors_(std::move(errors)) {}

  absl::Status Make(const SharedObject& factory, int player, uint64_t seed) {
    return errors_->Catch([&] {
      policy_ = Share((*factory)(std::make_shared<Game>(game_), player, seed >> 1));
      if (!PyCallable_Check(policy_->ptr())) {
        throw py::type_error(absl::StrCat("player: expected a function of a state, got ",
                                          std::string(py::repr(*policy_))));
      }
      observes_ = py::hasattr(*policy_, "observe");
    });
  }

  const ActionDistribution& NextAction(const State& state) override {
    if (decided_) return distribution_;
    decided_ = true;
    const absl::Status status = errors_->Catch([&] {
      distribution_ = DistributionFrom(game_, (*policy_)(WorldState(game_.size(), state)));
    });
    if (!status.ok()) {
      status_ = status;
      distribution_ = {{0, 1.0f}};
    }
    return distribution_;
  }

  void Observe(const State& before, int32_t action) override {
    decided_ = false;
    if (!observes_) return;
    const absl::Status status =
        errors_->Catch([&] { policy_->attr("observe")(WorldState(game_.size(), before), action); });
    if (!status.ok()) status_ = status;
  }

  absl::Status status() const override { return status_; }

 private:
  const Game& game_;
  const std::shared_ptr<PythonErrors> errors_;
  SharedObject policy_;
  bool observes_ = false, decided_ = false;
  ActionDistribution distribution_;
  absl::Status status_;
};

// One model and the game it plays in, for use from Python.
class BoundPlayer {
 public:
  BoundPlayer(const py::object& spec, const GamePtr& game, int player, uint64_t seed)
      : players_(PlayersFrom(spec)), game_(Required(game)) {
    CheckPlayer(*game, player);
    absl::StatusOr<std::unique_ptr<env::Player>> made = players_.factory(*game, player, seed);
    players_.errors->RethrowIfAny();
    model_ = ValueOrThrow(std::move(made));
  }

  py::tuple NextAction(const WorldState& state) {
    CheckFits(*game_, state);
    const ActionDistribution& distribution = model_->NextAction(state);
    Check();
    return ToPython(distribution);
  }
  int32_t Sample(const WorldState& state, uint64_t seed) {
    CheckFits(*game_, state);
    Rng rng(seed);
    const int32_t id = env::Sample(model_->NextAction(state), rng);
    Check();
    return id;
  }
  void Observe(const WorldState& before, int64_t action) {
    CheckFits(*game_, before);
    CheckAction(*game_, action);
    model_->Observe(before, static_cast<int32_t>(action));
    Check();
  }

 private:
  void Check() const {
    players_.errors->RethrowIfAny();
    ThrowIfError(model_->status());
  }

  const Players players_;
  const GamePtr game_;
  std::unique_ptr<env::Player> model_;
};

// "  spec: who plays" for each form of a spec, a line each.
std::string Forms() {
  std::string lines;
  for (const engine::PlayerForm& form : engine::PlayerForms()) {
    absl::StrAppend(&lines, "  ", form.spec, ": ", form.description, "\n");
  }
  return lines;
}

}  // namespace

ActionDistribution DistributionFrom(const Game& game, const py::object& object) {
  ActionDistribution distribution;
  if (PyIndex_Check(object.ptr()) && !py::isinstance<py::array>(object)) {
    const auto id = object.cast<int64_t>();
    CheckAction(game, id);
    return {{static_cast<int32_t>(id), 1.0f}};
  }
  if (py::isinstance<py::dict>(object)) {
    for (const auto& [key, value] : py::reinterpret_borrow<py::dict>(object)) {
      const auto id = key.cast<int64_t>();
      CheckAction(game, id);
      distribution.emplace_back(static_cast<int32_t>(id), value.cast<float>());
    }
    std::sort(distribution.begin(), distribution.end());
  } else if (py::isinstance<py::array>(object)) {
    const auto array = py::reinterpret_borrow<py::array>(object);
    if (array.dtype().kind() != 'f') {
      throw py::type_error(absl::StrCat("player: dtype ", std::string(py::str(array.dtype())),
                                        " of probabilities, expected floats"));
    }
    const py::array probabilities =
        Exact<float>(py::array_t<float, py::array::forcecast>::ensure(array),
                     {game.actions().num_actions()}, "probabilities");
    int32_t id = 0;
    for (const float probability : Elements<float>(probabilities)) {
      if (probability != 0) distribution.emplace_back(id, probability);
      ++id;
    }
  } else {
    throw py::type_error(
        absl::StrCat("player: expected a flat id, {flat id: probability} or an array, got ",
                     std::string(py::repr(object))));
  }
  Normalise(distribution);
  return distribution;
}

py::tuple ToPython(const ActionDistribution& distribution) {
  const auto size = static_cast<py::ssize_t>(distribution.size());
  py::array_t<int32_t> ids(size);
  py::array_t<float> probabilities(size);
  for (py::ssize_t i = 0; i < size; ++i) {
    ids.mutable_at(i) = distribution[i].first;
    probabilities.mutable_at(i) = distribution[i].second;
  }
  return py::make_tuple(ids, probabilities);
}

std::optional<std::string> NameFrom(const py::object& object) {
  if (!py::isinstance<py::str>(object) && !py::hasattr(object, "__fspath__")) return std::nullopt;
  return py::module_::import("os").attr("fspath")(object).cast<std::string>();
}

Players PlayersFrom(const py::object& spec) {
  const auto errors = std::make_shared<PythonErrors>();
  if (const auto name = NameFrom(spec)) {
    return {ValueOrThrow(engine::MakePlayerFactory(*name)), errors};
  }
  if (!PyCallable_Check(spec.ptr())) {
    throw py::type_error(absl::StrCat("player: expected one of ", engine::PlayerSpecs(),
                                      ", or a function of (game, player, seed); got ",
                                      std::string(py::repr(spec))));
  }
  const SharedObject function = Share(spec);
  return {[function, errors](const Game& game, int player,
                             uint64_t seed) -> absl::StatusOr<std::unique_ptr<env::Player>> {
            auto model = std::make_unique<PythonPlayer>(game, errors);
            RETURN_IF_ERROR(model->Make(function, player, seed));
            return model;
          },
          errors};
}

void BindPlayers(py::module_& m) {
  const std::string doc = absl::StrCat(R"(A model of one player in one episode.

`spec` is one of

)",
                                       Forms(), R"(
or a function of (game, player, seed). That returns a policy: a function of a state that returns the
next action as a flat id, as {flat id: probability}, or as an array [num_actions] of probabilities,
which may have any positive sum. If the policy has a method `observe(state, action)`, it is told
what was played in which state.)");
  py::class_<BoundPlayer>(m, "HumanModel", doc.c_str())
      .def(py::init<const py::object&, const GamePtr&, int, uint64_t>(), py::arg("spec"),
           py::arg("game"), py::arg("player") = 0, py::arg("seed") = 0)
      .def("next_action", &BoundPlayer::NextAction, py::arg("state"),
           "(int32 [k] flat ids, float32 [k] probabilities), the same until `observe`.")
      .def("sample", &BoundPlayer::Sample, py::arg("state"), py::arg("seed"),
           "An action drawn from that.")
      .def("observe", &BoundPlayer::Observe, py::arg("state"), py::arg("action"),
           "Tells the model what was played in `state`.");
}

}  // namespace hod::bindings
