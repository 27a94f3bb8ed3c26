#include "bindings/settings.h"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "engine/config/fields.h"
#include "engine/config/trained_config.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/settings/declaration.h"
#include "models/checkpoints/network_file.h"

namespace hod::bindings {
namespace {

using engine::RunConfig;
using settings::Declaration;
using settings::Setting;
using settings::Value;

Value FromPython(const py::handle& object) {
  if (py::isinstance<py::bool_>(object)) return {object.cast<bool>()};
  if (py::isinstance<py::str>(object)) return {object.cast<std::string>()};
  if (PyIndex_Check(object.ptr())) return {object.cast<int64_t>()};
  if (py::isinstance<py::float_>(object)) return {object.cast<double>()};
  if (py::isinstance<py::sequence>(object)) {
    Value::List list;
    for (const py::handle item : object) list.push_back(FromPython(item));
    return {list};
  }
  if (PyNumber_Check(object.ptr())) return {py::float_(py::reinterpret_borrow<py::object>(object))};
  throw py::type_error(absl::StrCat("a setting of type ",
                                    std::string(py::str(py::type::handle_of(object))),
                                    ", expected a flag, a number, a string or a list"));
}

py::object ToPython(const Value& value) {
  struct Visitor {
    py::object operator()(bool b) const { return py::bool_(b); }
    py::object operator()(int64_t i) const { return py::int_(i); }
    py::object operator()(double d) const { return py::float_(d); }
    py::object operator()(const std::string& s) const { return py::str(s); }
    py::object operator()(const Value::List& list) const {
      py::list items;
      for (const Value& item : list) items.append(ToPython(item));
      return items;
    }
  };
  return std::visit(Visitor(), value.data);
}

void ApplyTo(Declaration& declaration, const py::dict& settings, const std::string& prefix) {
  for (const auto& [name, object] : settings) {
    const std::string key = prefix + name.cast<std::string>();
    if (py::isinstance<py::dict>(object)) {
      ApplyTo(declaration, py::reinterpret_borrow<py::dict>(object), key + ".");
      continue;
    }
    if (declaration.Find(key) == nullptr) {
      throw py::key_error(absl::StrCat(key, ": no such setting"));
    }
    ThrowIfError(declaration.Assign(key, FromPython(object)));
  }
}

RunConfig ConfigOf(const std::filesystem::path& path) {
  return ValueOrThrow(engine::TrainedConfig(ValueOrThrow(models::OpenHodNetwork(path.string()))));
}

py::object Get(RunConfig& config, const std::string& key) {
  const Declaration declaration = Declare(config);
  const Setting* setting = declaration.Find(key);
  if (setting == nullptr) throw py::key_error(absl::StrCat(key, ": no such setting"));
  return ToPython(setting->get());
}

RunConfig Replace(RunConfig config, const py::dict& settings) {
  Apply(settings, "", config);
  return config;
}

py::list Keys() {
  RunConfig defaults;
  const Declaration declaration = Declare(defaults);
  py::list keys;
  for (const Setting& setting : declaration.settings()) keys.append(setting.key);
  return keys;
}

}  // namespace

void Apply(const py::dict& settings, const std::string& prefix, RunConfig& config) {
  Declaration declaration = Declare(config);
  ApplyTo(declaration, settings, prefix);
  ThrowIfError(Annotate(engine::Complete(config), "settings"));
}

void ApplyOptions(const py::kwargs& options, const std::string& prefix, RunConfig& config) {
  const Declaration declaration = Declare(config);
  for (const auto& [name, value] : options) {
    const std::string key = prefix + name.cast<std::string>();
    if (declaration.Find(key) == nullptr) {
      throw py::type_error(absl::StrCat(key, ": no such setting"));
    }
  }
  Apply(options, prefix, config);
}

py::object ToPython(const nlohmann::json& json) {
  return py::module_::import("json").attr("loads")(DumpJson(json));
}

void BindConfig(py::module_& m) {
  py::class_<RunConfig>(m, "Config",
                        R"(Every setting of a run: game, network, search, self-play, learner,
evaluation. docs/configuration.md lists the keys, which `keys()` gives, too.

    hod.Config({"game.world_size": [7, 7, 7], "search": {"num_simulations": 50}})

A value, not changed once made; see `replace`. KeyError for an unknown key, ValueError for a value
out of range.)")
      .def(py::init([](const py::dict& settings) { return Replace(RunConfig(), settings); }),
           py::arg("settings") = py::dict())
      .def_static(
          "load",
          [](const std::filesystem::path& path, const py::dict& settings) {
            return Replace(ValueOrThrow(engine::LoadRunConfig(path.string(), {})), settings);
          },
          py::arg("path"), py::arg("settings") = py::dict(),
          "A TOML file over the defaults, and `settings` over both.")
      .def_static(
          "parse",
          [](const std::string& toml) {
            return ValueOrThrow(engine::ParseRunConfig(toml, "settings"));
          },
          py::arg("toml"), "The text of a TOML file over the defaults.")
      .def_static("of_checkpoint", &ConfigOf, py::arg("path"),
                  "What the checkpoint at `path` was trained with.")
      .def("replace", &Replace, py::arg("settings"), "The same but for `settings`.")
      .def("__getitem__", &Get, py::arg("key"))
      .def_static("keys", &Keys, "All keys, such as \"search.gamma\".")
      .def(
          "to_toml", [](const RunConfig& c) { return engine::ToToml(c); },
          "Text that `parse` reads back to the same settings.")
      .def(
          "__eq__",
          [](const RunConfig& a, const RunConfig& b) { return engine::Differences(a, b).empty(); },
          py::is_operator())
      .def("__repr__",
           [](const RunConfig& c) {
             std::string text = "hod.Config({";
             const char* separator = "";
             RunConfig copy = c, defaults;
             const Declaration here = Declare(copy), there = Declare(defaults);
             for (size_t i = 0; i < here.settings().size(); ++i) {
               const Setting& setting = here.settings()[i];
               const Value value = setting.get();
               if (value == there.settings()[i].get()) continue;
               absl::StrAppend(&text, separator, "'", setting.key,
                               "': ", std::string(py::repr(ToPython(value))));
               separator = ", ";
             }
             return text + "})";
           })
      .def(py::pickle([](const RunConfig& c) { return py::make_tuple(engine::ToToml(c)); },
                      [](const py::tuple& state) {
                        return ValueOrThrow(
                            engine::ParseRunConfig(state[0].cast<std::string>(), "settings"));
                      }));
  m.def("describe_settings", &engine::DescribeSettings,
        "A Markdown table of all settings: key, default, what is expected, meaning.");
}

}  // namespace hod::bindings
