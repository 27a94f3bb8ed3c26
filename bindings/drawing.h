// Pictures and text in Python.
#pragma once

#include "bindings/errors.h"

namespace hod::bindings {

void BindDrawing(py::module_& m);

}  // namespace hod::bindings
