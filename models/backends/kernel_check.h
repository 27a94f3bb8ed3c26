// Whether kernels compute on this processor what they should, which is seen before they are used:
// some were never run on the processors that they are for.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "models/backends/kernels.h"
#include "models/network/network.h"

namespace hod::models {

// Those of `candidates` by which a random network of such a size predicts what it does by baseline
// kernels in float32, but for the usual error of their precision, and a convolution's weights have
// the gradient that they have there. The log names the others.
std::vector<const Kernels*> RightKernels(const NetworkConfig& config,
                                         absl::Span<const Kernels* const> candidates);

}  // namespace hod::models
