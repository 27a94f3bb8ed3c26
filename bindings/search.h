// Searches and their trees in Python.
#pragma once

#include "bindings/errors.h"

namespace hod::bindings {

void BindSearch(py::module_& m);

}  // namespace hod::bindings
