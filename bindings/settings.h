// Settings from Python: any key of the one declaration (engine/config/fields.cc).
#pragma once

#include <string>

#include "bindings/errors.h"
#include "engine/config/run_config.h"
#include "nlohmann/json.hpp"

namespace hod::bindings {

// Sets every entry of `settings`, whose keys come after `prefix` ("search."); a dictionary as value
// goes one level deeper. KeyError for an unknown key, ValueError that tells what was expected.
void Apply(const py::dict& settings, const std::string& prefix, engine::RunConfig& config);

// The same for keyword arguments of a function: TypeError for an unknown one.
void ApplyOptions(const py::kwargs& options, const std::string& prefix, engine::RunConfig& config);

py::object ToPython(const nlohmann::json& json);

void BindConfig(py::module_& m);

}  // namespace hod::bindings
