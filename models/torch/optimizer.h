// The optimizers of models/training/optimizer.h over one flat tensor, on any device. Only for the
// .cc files of models/.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "models/training/optimizer.h"

namespace hod::models {

struct TorchOptimizer {
  at::Tensor first_moment, second_moment;  // [P]
  int64_t steps = 0;
  std::vector<ParameterMatrix> matrices = {};  // Those that Muon moves; none with Adam.

  // One update of `parameters` [P], in place. The gradient is first clipped to `max_norm`; returns
  // its norm before, and does nothing if that is not finite.
  double Update(at::Tensor& parameters, double learning_rate, double max_norm);
};

}  // namespace hod::models
