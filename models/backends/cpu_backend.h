// Networks on the processor's vector units, one position after the other: in the world's sizes all
// that a position needs stays in the second-level cache, and a batch gains nothing.
#pragma once

#include <memory>

#include "models/backends/backend.h"
#include "models/backends/kernels.h"

namespace hod::models {

// Keeps its own copy of the parameters. Requires a valid network and kernels that run here.
std::unique_ptr<Backend> MakeCpuBackend(const Network& network, const Kernels& kernels);

}  // namespace hod::models
