// Shards, recorded episodes and recordings of people in Python.
#pragma once

#include "bindings/errors.h"

namespace hod::bindings {

void BindShards(py::module_& m);
void BindEpisodes(py::module_& m);

}  // namespace hod::bindings
