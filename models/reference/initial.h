// Networks of the reference's architectures before any training.
#pragma once

#include "env/base/random.h"
#include "models/reference/weights.h"

namespace hod::models {

// The network of the paper's assistant (Laidlaw et al. 2025, appendix): 64 channels, six residual
// layers, all but the first of 5x5x5 convolutions, and an LSTM after the first three and the last.
ReferenceConfig PaperConfig();

// Random weights as torch's layers begin with. Requires a valid config.
ReferenceWeights InitialReference(const ReferenceConfig& config, Rng rng);

}  // namespace hod::models
