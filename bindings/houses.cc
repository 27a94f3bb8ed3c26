#include "bindings/houses.h"

#include <pybind11/stl.h>

#include <algorithm>

#include "bindings/settings.h"
#include "env/houses/generator/generator.h"

namespace hod::bindings {
namespace {

env::House HouseFrom(const py::array& array, const std::string& name) {
  env::House house;
  house.blocks = BlocksFrom(array, {-1, -1, -1}, name);
  house.size = {static_cast<int>(array.shape(0)), static_cast<int>(array.shape(1)),
                static_cast<int>(array.shape(2))};
  return house;
}

py::array_t<uint8_t> ToArray(const env::WorldSize& size, const std::vector<env::Block>& blocks) {
  return Copy(blocks).attr("reshape")(size.w, size.h, size.d);
}

// A function of a seed. It is called with 63 bits, which fit a signed integer.
class PythonSource : public env::GoalSource {
 public:
  PythonSource(py::object function, const env::GameConfig& config, uint64_t seed,
               std::shared_ptr<PythonErrors> errors)
      : function_(Share(std::move(function))),
        config_(config),
        seed_(seed),
        errors_(std::move(errors)) {}

  std::optional<int> size() const override { return std::nullopt; }
  env::Goal Sample(Rng& rng) const override { return Make("python", rng); }
  env::Goal Get(int index) const override {
    Rng rng = Rng(seed_).Fork(static_cast<uint64_t>(index));
    return Make(absl::StrCat("python-", index), rng);
  }

 private:
  env::Goal Make(const std::string& name, Rng& rng) const {
    env::Goal goal = {name, env::GoalFromHouse(config_, {1, 1, 1}, {env::kDirt})};
    errors_
        ->Catch([&] {
          const py::object house = (*function_)(rng() >> 1);
          if (!py::isinstance<py::array>(house)) {
            throw py::type_error(absl::StrCat("a house is an array of uint8, got ",
                                              std::string(py::str(py::type::of(house)))));
          }
          goal = ValueOrThrow(env::GoalOfHouse(
              name, HouseFrom(py::reinterpret_borrow<py::array>(house), "house"), config_, rng));
        })
        .IgnoreError();
    return goal;
  }

  const SharedObject function_;
  const env::GameConfig config_;
  const uint64_t seed_;
  const std::shared_ptr<PythonErrors> errors_;
};

class BoundGoals {
 public:
  BoundGoals(const py::object& spec, const engine::RunConfig& config, uint64_t seed)
      : goals_(GoalsFrom(spec, config.game, seed)), size_(config.game.size) {}

  py::object size() const { return py::cast(goals_.source->size()); }
  py::tuple Get(int index) const {
    if (index < 0) throw py::value_error(absl::StrCat("index: ", index, " is negative"));
    return Finish(goals_.source->Get(index));
  }
  py::tuple Sample(uint64_t seed) const {
    Rng rng(seed);
    return Finish(goals_.source->Sample(rng));
  }

 private:
  py::tuple Finish(const env::Goal& goal) const {
    goals_.errors->RethrowIfAny();
    return py::make_tuple(goal.name, ToArray(size_, goal.blocks));
  }

  Goals goals_;
  env::WorldSize size_;
};

}  // namespace

Goals GoalsFrom(const py::object& spec, const env::GameConfig& config, uint64_t seed) {
  Goals goals{nullptr, std::make_shared<PythonErrors>()};
  if (py::isinstance<py::str>(spec)) {
    goals.source = ValueOrThrow(env::MakeGoalSource(spec.cast<std::string>(), config, seed));
  } else if (PyCallable_Check(spec.ptr())) {
    goals.source = std::make_shared<PythonSource>(spec, config, seed, goals.errors);
  } else {
    throw py::type_error(absl::StrCat("goals: expected ", env::kGoalSpecs,
                                      ", or a function of a seed; got ",
                                      std::string(py::repr(spec))));
  }
  return goals;
}

void BindHouses(py::module_& m) {
  py::class_<BoundGoals>(m, "Goals",
                         R"(Goals for the games of one config.

`spec` is "generated", "npy:DIR", "set:DIR", "altered:SPEC" (docs/houses.md), or a function of a
seed that returns uint8 [w, h, d]: a house of at most (w-2, h-2, d-2) voxels, which is put in a
random place, or a whole world.)")
      .def(py::init<const py::object&, const engine::RunConfig&, uint64_t>(), py::arg("spec"),
           py::arg("config"), py::arg("seed") = 0)
      .def_property_readonly("size", &BoundGoals::size,
                             "How many different goals there are; None if unlimited.")
      .def("get", &BoundGoals::Get, py::arg("index"),
           "(name, uint8 [w, h, d]) of goal number `index`, always the same.")
      .def("sample", &BoundGoals::Sample, py::arg("seed"),
           "(name, uint8 [w, h, d]) of a random goal.");
  m.def(
      "generate_house",
      [](std::tuple<int, int, int> size, uint64_t seed) {
        const auto [w, h, d] = size;
        if (std::min({w, h, d}) < env::kMinHouseExtent ||
            std::max({w, h, d}) > env::kMaxWorldExtent) {
          throw py::value_error(absl::StrCat("size: (", w, ", ", h, ", ", d, "), expected ",
                                             env::kMinHouseExtent, " to ", env::kMaxWorldExtent,
                                             " each way"));
        }
        Rng rng(seed);
        const env::House house = env::GenerateHouse({w, h, d}, rng);
        return ToArray(house.size, house.blocks);
      },
      py::arg("size"), py::arg("seed"), "A procedural house, uint8 [w, h, d].");
}

}  // namespace hod::bindings
