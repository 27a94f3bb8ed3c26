#include "bindings/models.h"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <variant>

#include "bindings/pickles.h"
#include "bindings/players.h"
#include "bindings/settings.h"
#include "engine/config/trained_config.h"
#include "env/game/action_mask.h"
#include "models/checkpoints/checkpoint.h"
#include "models/checkpoints/network_file.h"
#include "models/network/features.h"

namespace hod::bindings {
namespace {

using models::Network;
using models::NetworkConfig;

// How errors call a network that doesn't come from a file.
constexpr char kMadeHere[] = "Network";

// A network with an evaluator, which is made when first asked for.
class BoundNetwork {
 public:
  BoundNetwork(models::LoadedNetwork loaded, const std::string& precision)
      : loaded_(std::move(loaded)), precision_(precision) {
    using Choice = models::PrecisionChoice;
    if (precision == "float32") {
      backend_.precision = Choice::kFloat32;
    } else if (precision == "bfloat16") {
      backend_.precision = Choice::kBfloat16;
    } else if (precision == "int8") {
      backend_.precision = Choice::kInt8;
    } else if (precision != "auto") {
      throw py::value_error(
          absl::StrCat("precision: ", precision, ", expected auto, float32, bfloat16 or int8"));
    }
  }

  const models::LoadedNetwork& loaded() const { return loaded_; }
  const Network& network() const { return std::get<Network>(loaded_.network); }
  const std::string& run() const { return loaded_.run; }
  const std::string& precision() const { return precision_; }

  std::shared_ptr<mcts::Evaluator> evaluator() {
    const std::lock_guard lock(mutex_);
    if (evaluator_ == nullptr) {
      evaluator_ = ValueOrThrow(models::MakeEvaluator(loaded_, backend_));
    }
    return evaluator_;
  }

 private:
  const models::LoadedNetwork loaded_;
  const std::string precision_;
  models::BackendOptions backend_;
  std::mutex mutex_;
  std::shared_ptr<mcts::Evaluator> evaluator_;
};

// Lets Ctrl-C end what asks for evaluations, on Python's main thread.
class InterruptibleEvaluator : public mcts::Evaluator {
 public:
  InterruptibleEvaluator(std::shared_ptr<mcts::Evaluator> inner,
                         std::shared_ptr<PythonErrors> errors)
      : inner_(std::move(inner)), errors_(std::move(errors)) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override {
    absl::Status status = errors_->Catch([] {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    });
    return status.ok() ? inner_->Evaluate(positions, evaluations) : status;
  }

 private:
  const std::shared_ptr<mcts::Evaluator> inner_;
  const std::shared_ptr<PythonErrors> errors_;
};

class PythonEvaluator : public mcts::Evaluator {
 public:
  PythonEvaluator(py::object function, std::shared_ptr<PythonErrors> errors)
      : function_(Share(std::move(function))), errors_(std::move(errors)) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override {
    return errors_->Catch([&] {
      py::list given;
      for (const mcts::Position& p : positions) {
        given.append(BoundPosition{std::make_shared<env::Game>(*p.game),
                                   std::make_shared<WorldState>(p.game->size(), *p.state),
                                   p.player,
                                   {p.valid_actions.begin(), p.valid_actions.end()}});
      }
      const py::object result = (*function_)(given);
      if (!py::isinstance<py::sequence>(result) || py::len(result) != positions.size()) {
        throw py::value_error(absl::StrCat("evaluator: expected a list of ", positions.size(),
                                           " predictions, got ",
                                           std::string(py::repr(result)).substr(0, 200)));
      }
      size_t i = 0;
      for (const py::handle item : result) {
        const auto& evaluation = item.cast<const BoundPrediction&>();
        Check(positions[i], evaluation);
        evaluations[i++] = evaluation;
      }
    });
  }

 private:
  static void Check(const mcts::Position& position, const mcts::Evaluation& evaluation) {
    const auto check = [](const char* what, size_t got, size_t expected) {
      if (got == expected) return;
      throw py::value_error(
          absl::StrCat("prediction: ", what, " has ", got, " entries, expected ", expected));
    };
    check("policy", evaluation.policy.size(), position.valid_actions.size());
    check("goal_logits", evaluation.goal_logits.size(),
          env::kNumBlocks * position.game->goal().size());
  }

  const SharedObject function_;
  const std::shared_ptr<PythonErrors> errors_;
};

BoundPosition MakePosition(const GamePtr& game, const WorldState& state, int player) {
  CheckFits(*Required(game), state);
  CheckPlayer(*game, player);
  BoundPosition position{game, std::make_shared<WorldState>(state), player, {}};
  env::ValidActions(*game, state, player, /*line_of_sight=*/true, position.valid_actions);
  return position;
}

py::list Evaluate(const py::object& evaluator, const std::vector<BoundPosition*>& positions) {
  const BoundEvaluator bound = EvaluatorFrom(evaluator);
  std::vector<mcts::Position> borrowed;
  for (const BoundPosition* position : positions) {
    borrowed.push_back(Required(position)->Borrow());
  }
  std::vector<mcts::Evaluation> evaluations(positions.size());
  absl::Status status;
  {
    const py::gil_scoped_release release;
    status = bound.evaluator->Evaluate(borrowed, absl::MakeSpan(evaluations));
  }
  bound.errors->RethrowIfAny();
  ThrowIfError(status);
  py::list list;
  for (size_t i = 0; i < positions.size(); ++i) {
    list.append(BoundPrediction{std::move(evaluations[i]), positions[i]->game->size()});
  }
  return list;
}

py::tuple Features(const std::vector<BoundPosition*>& positions, bool goal_visible,
                   bool inventories) {
  const NetworkConfig config = {.goal_visible = goal_visible, .inventories = inventories};
  const int num_planes = models::NumPlanes(config), num_globals = models::NumGlobals(config);
  if (positions.empty()) throw py::value_error("positions: none, expected one or more");
  const env::WorldSize size = Required(positions.front())->game->size();
  const auto batch = static_cast<py::ssize_t>(positions.size());
  py::array_t<float> planes(Shape{batch, num_planes, size.w, size.h, size.d});
  py::array_t<float> globals(Shape{batch, num_globals});
  const size_t row = static_cast<size_t>(num_planes) * size.Volume();
  float *next_planes = planes.mutable_data(), *next_globals = globals.mutable_data();
  for (const BoundPosition* position : positions) {
    if (Required(position)->game->size() != size) {
      throw py::value_error("positions: of worlds of different sizes");
    }
    models::EncodeFeatures(config, position->Borrow(), {next_planes, row},
                           {next_globals, static_cast<size_t>(num_globals)});
    next_planes += row;
    next_globals += num_globals;
  }
  return py::make_tuple(planes, globals);
}

NetworkConfig ConfigFrom(const py::dict& config) {
  NetworkConfig result;
  for (const auto& [key, value] : config) {
    const auto name = key.cast<std::string>();
    if (name == "channels") {
      result.channels = value.cast<int>();
    } else if (name == "blocks") {
      result.blocks = value.cast<int>();
    } else if (name == "block") {
      const auto kind = models::BlockKindNamed(value.cast<std::string>());
      if (!kind) throw py::value_error("block: expected factorised or dense");
      result.block = *kind;
    } else if (name == "goal_visible") {
      result.goal_visible = value.cast<bool>();
    } else if (name == "inventories") {
      result.inventories = value.cast<bool>();
    } else {
      throw py::key_error(
          absl::StrCat(name, ": expected channels, blocks, block, goal_visible or inventories"));
    }
  }
  ThrowIfError(models::Validate(result));
  return result;
}

py::dict ToDict(const NetworkConfig& config) {
  py::dict dict;
  dict["channels"] = config.channels;
  dict["blocks"] = config.blocks;
  dict["block"] = models::Name(config.block);
  dict["goal_visible"] = config.goal_visible;
  dict["inventories"] = config.inventories;
  return dict;
}

// Makes a network from a dictionary of float32 arrays, one for each tensor of the layout.
Network NetworkFrom(const py::dict& config, const py::dict& parameters) {
  Network network{ConfigFrom(config), {}};
  const std::vector<models::ParameterSpec> layout = models::ParameterLayout(network.config);
  for (const models::ParameterSpec& spec : layout) {
    if (!parameters.contains(spec.name)) {
      throw py::key_error(absl::StrCat("parameter ", spec.name, " is missing"));
    }
    const py::array values = Exact<float>(py::array::ensure(parameters[spec.name.c_str()]),
                                          Shape(spec.shape.begin(), spec.shape.end()), spec.name);
    const absl::Span<const float> elements = Elements<float>(values);
    network.parameters.insert(network.parameters.end(), elements.begin(), elements.end());
  }
  if (parameters.size() == layout.size()) return network;
  for (const auto& [name, value] : parameters) {
    const auto key = name.cast<std::string>();
    if (std::none_of(layout.begin(), layout.end(),
                     [&](const models::ParameterSpec& spec) { return spec.name == key; })) {
      throw py::key_error(absl::StrCat("parameter ", key, " is none of the network's"));
    }
  }
  return network;
}

py::tuple ToPickle(const BoundNetwork& bound) {
  const std::vector<float>& parameters = bound.network().parameters;
  return py::make_tuple(
      bound.loaded().path, ToDict(bound.network().config),
      py::bytes(reinterpret_cast<const char*>(parameters.data()), 4 * parameters.size()),
      bound.run(), bound.precision());
}

std::unique_ptr<BoundNetwork> NetworkFromPickle(const py::tuple& pickle) {
  const auto [path, config, bytes, run, precision] =
      Unpack<std::tuple<std::string, py::dict, std::string, std::string, std::string>>(pickle);
  Network network{ConfigFrom(config), {}};
  size_t count = 0;
  for (const models::ParameterSpec& spec : models::ParameterLayout(network.config)) {
    count += spec.Size();
  }
  if (bytes.size() != 4 * count) {
    throw py::value_error(
        absl::StrCat("a pickle of ", bytes.size(), " bytes, expected ", 4 * count));
  }
  network.parameters.resize(count);
  std::memcpy(network.parameters.data(), bytes.data(), bytes.size());
  return std::make_unique<BoundNetwork>(models::LoadedNetwork{path, std::move(network), run},
                                        precision);
}

py::dict Parameters(const py::object& self) {
  const Network& network = self.cast<const BoundNetwork&>().network();
  py::dict parameters;
  const float* next = network.parameters.data();
  for (const models::ParameterSpec& spec : models::ParameterLayout(network.config)) {
    parameters[spec.name.c_str()] = View(next, Shape(spec.shape.begin(), spec.shape.end()), self);
    next += spec.Size();
  }
  return parameters;
}

BoundPrediction MakePrediction(const py::array& policy, float value, const py::array& goal_logits,
                               const py::object& human_policy) {
  BoundPrediction evaluation;
  evaluation.value = value;
  const py::array prior = Exact<float>(policy, {-1}, "policy");
  evaluation.policy.assign(Elements<float>(prior).begin(), Elements<float>(prior).end());
  const py::array logits = Exact<float>(goal_logits, {env::kNumBlocks, -1, -1, -1}, "goal_logits");
  evaluation.goal_logits.assign(Elements<float>(logits).begin(), Elements<float>(logits).end());
  evaluation.size = {static_cast<int>(logits.shape(1)), static_cast<int>(logits.shape(2)),
                     static_cast<int>(logits.shape(3))};
  if (py::isinstance<py::dict>(human_policy)) {
    for (const auto& [id, probability] : human_policy.cast<std::map<int32_t, float>>()) {
      evaluation.human_policy.push_back({id, probability});
    }
    return evaluation;
  }
  if (!py::isinstance<py::array>(human_policy)) {
    throw py::type_error("human_policy: expected {flat id: probability} or an array");
  }
  const py::array dense =
      Exact<float>(py::reinterpret_borrow<py::array>(human_policy), {-1}, "human_policy");
  int32_t id = 0;
  for (const float probability : Elements<float>(dense)) {
    if (probability != 0) evaluation.human_policy.push_back({id, probability});
    ++id;
  }
  return evaluation;
}

// One field of every entry of the human's policy.
template <typename Field>
py::array_t<Field> HumanView(const py::object& self, Field mcts::LikelyAction::*field) {
  const auto& policy = self.cast<const BoundPrediction&>().human_policy;
  const Field* first = policy.empty() ? nullptr : &(policy.front().*field);
  return View(first, {static_cast<py::ssize_t>(policy.size())}, self, {sizeof(mcts::LikelyAction)});
}

void BindPredictions(py::module_& m) {
  py::class_<BoundPosition>(
      m, "Position", R"(A position to evaluate, seen by `player`; it keeps a copy of `state`.)")
      .def(py::init(&MakePosition), py::arg("game"), py::arg("state"), py::arg("player") = 1)
      .def_readonly("game", &BoundPosition::game)
      .def_readonly("state", &BoundPosition::state)
      .def_readonly("player", &BoundPosition::player)
      .def_property_readonly(
          "valid_actions",
          [](const py::object& self) {
            const auto& ids = self.cast<const BoundPosition&>().valid_actions;
            return View(ids.data(), {static_cast<py::ssize_t>(ids.size())}, self);
          },
          "int32 [k]: flat ids of what the player may do, ascending, with line of sight; none "
          "where the game is over.");

  py::class_<BoundPrediction>(m, "Prediction",
                              R"(What a network predicts of a position. Arrays are views.

Made from `policy`, float32 [k], the prior of each valid action; `value`; `goal_logits`, float32
[10, w, h, d]; and `human_policy`, {flat id: probability} or float32 [num_actions]. Probabilities
may have any positive sum.)")
      .def(py::init(&MakePrediction), py::kw_only(), py::arg("policy"), py::arg("value"),
           py::arg("goal_logits"), py::arg("human_policy"))
      .def_property_readonly(
          "policy",
          [](const py::object& self) {
            const auto& policy = self.cast<const BoundPrediction&>().policy;
            return View(policy.data(), {static_cast<py::ssize_t>(policy.size())}, self);
          },
          "float32 [k]: prior over the position's valid actions.")
      .def_property_readonly(
          "value", [](const BoundPrediction& e) { return e.value; },
          "Expected discounted return, in blocks.")
      .def_property_readonly(
          "goal_logits",
          [](const py::object& self) {
            const auto& e = self.cast<const BoundPrediction&>();
            return View(e.goal_logits.data(), {env::kNumBlocks, e.size.w, e.size.h, e.size.d},
                        self);
          },
          "float32 [10, w, h, d]: goal posterior of every voxel, unnormalised.")
      .def_property_readonly(
          "human_ids",
          [](const py::object& self) { return HumanView(self, &mcts::LikelyAction::id); },
          "int32 [j]: flat ids of what the human may do next, ascending.")
      .def_property_readonly(
          "human_probabilities",
          [](const py::object& self) { return HumanView(self, &mcts::LikelyAction::probability); },
          "float32 [j]");
}

}  // namespace

BoundEvaluator EvaluatorFrom(const py::object& object) {
  BoundEvaluator result{nullptr, std::make_shared<PythonErrors>()};
  if (py::isinstance<BoundNetwork>(object)) {
    result.evaluator = object.cast<BoundNetwork&>().evaluator();
  } else if (PyCallable_Check(object.ptr())) {
    result.evaluator = std::make_shared<PythonEvaluator>(object, result.errors);
  } else {
    throw py::type_error(
        absl::StrCat("evaluator: expected a Network or a function of positions, got ",
                     std::string(py::repr(object))));
  }
  result.evaluator = std::make_shared<InterruptibleEvaluator>(result.evaluator, result.errors);
  return result;
}

void BindModels(py::module_& m) {
  BindPredictions(m);
  py::class_<BoundNetwork>(m, "Network",
                           R"(A network (models/network.h).

Evaluating computes on the calling thread alone, without the GIL, and sets torch's number of threads
to 1 there.)")
      .def(py::init([](const py::dict& config, const py::dict& parameters,
                       const std::string& precision) {
             return std::make_unique<BoundNetwork>(
                 models::LoadedNetwork{kMadeHere, NetworkFrom(config, parameters), "{}"},
                 precision);
           }),
           py::arg("config"), py::arg("parameters"), py::arg("precision") = "auto",
           "From {name: float32 array}, one for each tensor of `config`: {\"channels\": 32, "
           "\"blocks\": 4, \"inventories\": False}.")
      .def_static(
          "load",
          [](const std::filesystem::path& path, const std::string& precision) {
            return std::make_unique<BoundNetwork>(
                ValueOrThrow(models::OpenHodNetwork(path.string())), precision);
          },
          py::arg("path"), py::arg("precision") = "auto", "The network of a checkpoint.")
      .def_static(
          "initial",
          [](const py::dict& config, uint64_t seed, const std::string& precision) {
            return std::make_unique<BoundNetwork>(
                models::LoadedNetwork{kMadeHere,
                                      models::InitialNetwork(ConfigFrom(config), Rng(seed)), "{}"},
                precision);
          },
          py::arg("config") = py::dict(), py::arg("seed") = 0, py::arg("precision") = "auto",
          "With random parameters, as at the start of training.")
      .def(
          "save",
          [](const BoundNetwork& network, const std::filesystem::path& path,
             const std::string& run) {
            ThrowIfError(models::SaveNetwork(
                path.string(), {network.network(), run.empty() ? network.run() : run}));
          },
          py::arg("path"), py::arg("run") = "",
          "Writes a checkpoint that can be evaluated, but not trained on; `run` is JSON about the "
          "run that made it, by default that of the file it came from.")
      .def_property_readonly("config",
                             [](const BoundNetwork& n) { return ToDict(n.network().config); })
      .def_property_readonly("run", &BoundNetwork::run, "JSON about the run that made it.")
      .def_property_readonly(
          "trained_config",
          [](const BoundNetwork& n) { return ValueOrThrow(engine::TrainedConfig(n.loaded())); },
          "The Config that it was trained with.")
      .def_property_readonly("parameters", &Parameters,
                             "{name: float32 array}, views, in the order of the layout.")
      .def(py::pickle([](const BoundNetwork& n) { return ToPickle(n); }, &NetworkFromPickle))
      .def("evaluate", &Evaluate, py::arg("positions"),
           "One Prediction for each Position; the larger the list, the fuller the batches.");
  m.def("features", &Features, py::arg("positions"), py::arg("goal_visible") = false,
        py::arg("inventories") = false,
        R"(What a network sees of B positions (models/features.h), by what its config says it sees.

Returns planes, float32 [B, 42 or 55, w, h, d], and globals, float32 [B, 78 or 98].)");
}

}  // namespace hod::bindings
