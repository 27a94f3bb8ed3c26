// Evaluations of assistants, and runs, in Python.
#pragma once

#include "bindings/errors.h"

namespace hod::bindings {

void BindEvaluation(py::module_& m);

}  // namespace hod::bindings
