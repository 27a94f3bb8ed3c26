// Batches of episodes in Python.
#pragma once

#include "bindings/errors.h"

namespace hod::bindings {

void BindEnvironments(py::module_& m);

}  // namespace hod::bindings
