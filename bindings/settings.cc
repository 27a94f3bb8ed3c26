#include "bindings/settings.h"

#include <pybind11/stl.h>

#include "absl/strings/str_cat.h"
#include "engine/config/fields.h"
#include "engine/config/trained_config.h"
#include "models/checkpoints/network_file.h"

namespace hod::bindings {
namespace {

using engine::Field;
using engine::RunConfig;
using engine::Value;

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

void ApplyTo(std::vector<Field>& fields, const py::dict& settings, const std::string& prefix) {
  for (const auto& [name, object] : settings) {
    const std::string key = prefix + name.cast<std::string>();
    if (py::isinstance<py::dict>(object)) {
      ApplyTo(fields, py::reinterpret_borrow<py::dict>(object), key + ".");
      continue;
    }
    const auto field =
        std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.key == key; });
    if (field == fields.end()) throw py::key_error(absl::StrCat(key, ": no such setting"));
    const Value value = FromPython(object);
    if (field->set(value)) continue;
    throw py::value_error(
        absl::StrCat(key, ": expected ", field->expected, ", got ", engine::ToToml(value)));
  }
}

RunConfig ConfigOf(const std::string& path) {
  return ValueOrThrow(engine::TrainedConfig(ValueOrThrow(models::OpenHodNetwork(path))));
}

py::object Get(RunConfig& config, const std::string& key) {
  for (const Field& field : Fields(config)) {
    if (field.key == key) return ToPython(field.get());
  }
  throw py::key_error(absl::StrCat(key, ": no such setting"));
}

RunConfig Replace(RunConfig config, const py::dict& settings) {
  Apply(settings, "", config);
  return config;
}

py::list Keys() {
  RunConfig defaults;
  py::list keys;
  for (const Field& field : Fields(defaults)) keys.append(field.key);
  return keys;
}

}  // namespace

void Apply(const py::dict& settings, const std::string& prefix, RunConfig& config) {
  {
    std::vector<Field> fields = Fields(config);
    ApplyTo(fields, settings, prefix);
  }
  // Checks the whole, and fills in what follows from it.
  config = ValueOrThrow(engine::ParseRunConfig(engine::ToToml(config), "settings"));
}

void ApplyOptions(const py::kwargs& options, const std::string& prefix, RunConfig& config) {
  const std::vector<Field> fields = Fields(config);
  for (const auto& [name, value] : options) {
    const std::string key = prefix + name.cast<std::string>();
    if (std::none_of(fields.begin(), fields.end(),
                     [&](const Field& field) { return field.key == key; })) {
      throw py::type_error(absl::StrCat(key, ": no such setting"));
    }
  }
  Apply(options, prefix, config);
}

py::object ToPython(const nlohmann::json& json) {
  return py::module_::import("json").attr("loads")(json.dump());
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
          [](const std::string& path, const py::dict& settings) {
            return Replace(ValueOrThrow(engine::LoadRunConfig(path, {})), settings);
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
             const std::vector<Field> here = Fields(copy), there = Fields(defaults);
             for (size_t i = 0; i < here.size(); ++i) {
               const py::object value = ToPython(here[i].get());
               if (value.equal(ToPython(there[i].get()))) continue;
               absl::StrAppend(&text, separator, "'", here[i].key,
                               "': ", std::string(py::repr(value)));
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
